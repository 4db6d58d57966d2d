"""All apps, to suspend or reinstate one."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _

from apps_registry import lifecycle, queries, steps, words
from apps_registry.errors import NoSuchApp, RegistryError
from apps_registry.lifecycle import Party, State
from apps_registry.queries import AppPage
from connect.accounts.guards import fresh, person, requires
from connect.accounts.roles import Right
from connect.core import actor, database, ids
from connect.core.problems import Problem
from connect.grants import queries as grants
from connect.staff.blueprint import blueprint
from connect.staff.forms import ReasonForm


@blueprint.get("/apps")
@requires(Right.STAFF)
def apps() -> str:
    """Every app with its state."""
    lines = queries.apps()
    counts, may = grants.live_counts(line.id for line in lines), person().may(Right.SUSPEND_APPS)
    shown = [
        {
            "id": ids.encode("app", line.id),  # not the client id, which may be an address
            "name": line.name,
            "developer": line.legal_developer or words.ORIGINS[line.origin],
            "state_words": words.APP_STATES[line.state].words,
            "state_kind": words.APP_STATES[line.state].kind,
            "grants": counts.get(line.id, 0),
            "suspended": line.state == State.SUSPENDED,
            "may_suspend": may and bool({"suspend", "reinstate"} & lifecycle.possible(line.state, Party.REVIEWER)),
        }
        for line in lines
    ]
    return render_template("staff/apps.html", apps=shown)


@blueprint.route("/apps/<app_id>/suspend", methods=["GET", "POST"])
@requires(Right.SUSPEND_APPS)
@fresh
def suspend(app_id: str) -> Any:
    """Suspend an app, or reinstate one that is suspended, with the reason that all sides read."""
    app, form = _app(app_id), ReasonForm()
    if form.validate_on_submit():
        try:
            _move(app, form.reason.data or "")
        except RegistryError as error:
            for each in error.errors:
                form.refuse(each.field, each.message)
        else:
            flash(
                _("%(app)s is reinstated.", app=app.name)
                if _suspended(app)
                else _("%(app)s is suspended.", app=app.name)
            )
            return redirect(url_for("staff.apps"), 303)
    return _page(app, form)


def _app(text: str) -> AppPage:
    try:
        return queries.app_page(ids.decode("app", text))
    except (ValueError, NoSuchApp) as error:
        raise Problem("not-found", _("There is no such app.")) from error


def _suspended(app: AppPage) -> bool:
    return app.state == State.SUSPENDED


def _move(app: AppPage, reason: str) -> None:
    """By the right that the person holds: a reviewer's, or an operator's."""
    who = person()
    by = Party.REVIEWER if who.may(Right.REVIEW_APPS) else Party.OPERATOR
    act = steps.reinstate if _suspended(app) else steps.suspend
    with database.unit_of_work() as session:
        act(session, app.id, reason, actor.person(who.id), by)


def _page(app: AppPage, form: ReasonForm) -> Any:
    body = render_template(
        "staff/suspend.html",
        app={
            "id": ids.encode("app", app.id),
            "name": app.name,
            "suspended": _suspended(app),
            "grants": grants.live_counts([app.id]).get(app.id, 0),
        },
        consequences=_consequences(app),
        form=form,
    )
    return make_response(body, form.status)


def _consequences(app: AppPage) -> list[str]:
    if _suspended(app):
        return [_("It works again as before at every business whose connection still stands.")]
    return [
        _("Every token of it is refused from its next request on."),
        _("Nothing more is sent to its webhook endpoints."),
        _("No business can connect it."),
    ]
