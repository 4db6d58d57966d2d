"""The reviewers' queue, and one version in front of a reviewer."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _

from apps_registry import queries, versions, words
from apps_registry import reviews as registry
from apps_registry.errors import NoSuchApp, RegistryError
from apps_registry.queries import AppPage, VersionPage
from connect.accounts import queries as accounts
from connect.accounts.guards import fresh, person, requires
from connect.accounts.roles import Right
from connect.core import actor, database, ids
from connect.core.i18n import language
from connect.core.problems import Problem
from connect.scopes import scopes
from connect.scopes import text as catalogue
from connect.staff.blueprint import blueprint
from connect.staff.forms import DecisionForm


@blueprint.get("/reviews")
@requires(Right.STAFF)
def reviews() -> str:
    """Versions that wait, longest first, and what was decided lately."""
    return render_template("staff/reviews.html", reviews=_waiting(), decided=_decided())


@blueprint.get("/reviews/<version_id>")
@requires(Right.STAFF)
def review(version_id: str) -> Any:
    """What the version asks for and why, beside the decision."""
    return _page(*_version(version_id), DecisionForm())


@blueprint.post("/reviews/<version_id>")
@requires(Right.REVIEW_APPS)
@fresh
def decide(version_id: str) -> Any:
    """Enter the decision. Nobody decides about an app of their own team."""
    version, app = _version(version_id)
    form = DecisionForm()
    if app.team_id in person().team_ids:
        raise Problem("forbidden", _("This app is your own team's; another reviewer has to look at it."))
    if not form.validate_on_submit():
        return _page(version, app, form)
    try:
        with database.unit_of_work() as session:
            who = actor.person(person().id)
            versions.review(session, version.id, form.decision.data, form.comment.data or "", who)
    except RegistryError as error:
        for each in error.errors:
            form.refuse(each.field, each.message)
        return _page(version, app, form)
    flash(
        _(
            "%(app)s, version %(n)d: %(decision)s.",
            app=app.name,
            n=version.number,
            decision=words.DECISIONS[form.decision.data],
        )
    )
    return redirect(url_for("staff.reviews"), 303)


def _version(text: str) -> tuple[VersionPage, AppPage]:
    try:
        version = queries.version(ids.decode("ver", text))
    except (ValueError, NoSuchApp) as error:
        raise Problem("not-found", _("There is no such version.")) from error
    return version, queries.app_page(version.app_id)


def _page(version: VersionPage, app: AppPage, form: DecisionForm) -> Any:
    state = words.APP_STATES[app.state]
    body = render_template(
        "staff/review.html",
        app={
            "id": app.client_id,
            "name": app.name,
            "legal_developer": app.legal_developer,
            "description": app.description,
            "home_url": app.home_url,
            "privacy_policy_url": app.privacy_policy_url,
            "state_words": state.words,
            "state_kind": state.kind,
            "retention_words": _("%(n)d days", n=app.retention_days),
            "redirect_uris": app.redirect_uris,
        },
        version={"number": version.number, "sent_at": version.submitted_at or version.created_at},
        scopes=_scopes(version, app),
        history=_history(app),
        form=form,
    )
    return make_response(body, form.status)


def _scopes(version: VersionPage, app: AppPage) -> list[dict[str, Any]]:
    lines = {line.name: line for line in version.scopes}
    before = _published_before(version, app)
    said = catalogue.words(language())
    return [
        {
            "scope": scope.name,
            "title": said.scopes[scope.name].title,
            "sentence": said.scopes[scope.name].sentence,
            "purpose": lines[scope.name].purpose,
            "required": lines[scope.name].required,
            "tier_words": said.tiers[words.tier_key([scope.name])].title,
            "added": before is not None and scope.name not in before,
        }
        for scope in scopes.in_order(lines)
    ]


def _published_before(version: VersionPage, app: AppPage) -> frozenset[str] | None:
    """What customers can be asked for today; None before the first published version."""
    for other in app.versions:
        if other.state == versions.PUBLISHED and other.number < version.number:
            return frozenset(line.name for line in other.scopes)
    return None


def _history(app: AppPage) -> list[dict[str, Any]]:
    """Every decision about the app, newest first, by name: reviewers answer to each other."""
    decided = [(line, version) for version in app.versions for line in version.reviews]
    names = accounts.names(line.reviewer_id for line, _version in decided if line.reviewer_id)
    return [
        {
            "at": line.decided_at,
            "words": f"{_decision(version.number, line.decision)} {line.comment}".strip(),
            "by": names.get(line.reviewer_id, _("by command")) if line.reviewer_id else _("by command"),
        }
        for line, version in sorted(decided, key=lambda item: item[0].decided_at, reverse=True)
    ]


def _waiting() -> list[dict[str, Any]]:
    said = catalogue.words(language())
    return [
        {
            "version_id": ids.encode("ver", line.version_id),
            "app": line.name,
            "developer": line.legal_developer,
            "number": line.number,
            "sent_at": line.waiting_since,
            "scopes": len(line.scopes),
            "top_tier_words": said.tiers[words.tier_key(line.scopes)].title,
            "mine": line.team_id in person().team_ids,
        }
        for line in registry.waiting()
    ]


def _decided() -> list[dict[str, Any]]:
    lines = registry.decided_lately()
    names = accounts.names(line.reviewer_id for line in lines if line.reviewer_id)
    return [
        {
            "at": line.decided_at,
            "words": f"{line.name}: {_decision(line.number, line.decision)}",
            "by": names.get(line.reviewer_id, "") if line.reviewer_id else _("by command"),
            "href": url_for("staff.review", version_id=ids.encode("ver", line.version_id)),
        }
        for line in lines
    ]


def _decision(number: int, decision: str) -> str:
    return _("Version %(n)d: %(decision)s.", n=number, decision=words.DECISIONS[decision])
