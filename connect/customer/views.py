"""A customer's pages: home, connected apps, what one app may see and did see, receipts. The acts on an app are in acts.py."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from apps_registry import queries as registry
from apps_registry.origins import Origin
from connect.accounts import queries as accounts
from connect.accounts.guards import person, requires
from connect.accounts.roles import Right
from connect.core.problems import Problem
from connect.customer import own, presenting
from connect.customer.blueprint import blueprint
from connect.disclosure import receipts, usage
from connect.disclosure.purposes import purposes
from connect.grants import queries
from connect.grants.queries import GrantView, VersionView
from connect.oauth import queries as tokens

_ON_HOME = 5
_DAYS = 30


@blueprint.get("/home")
@requires(Right.LOOK)
def home() -> str:
    """Where a person of a business arrives."""
    account = accounts.account(own.account_id())
    grants = queries.listing(account_id=account.id)
    sums = usage.sums_of_account(account.id)
    live = [grant for grant in grants if grant.live]
    records, requests = usage.recent(account.id, timedelta(days=_DAYS))
    return render_template(
        "customer/home.html",
        account={"name": account.name},
        role=person().roles_in(own.account_id()),
        apps=[_short(grant, sums) for grant in live[:_ON_HOME]],
        counts=_counts(grants),
        reads={"records": records, "requests": requests, "days": _DAYS},
        may_connect_words=_may_words(),
    )


@blueprint.get("/connected-apps")
@requires(Right.LOOK)
def connected_apps() -> str:
    """All apps this business ever connected, those that ended in a tab of their own."""
    account = accounts.account(own.account_id())
    grants = queries.listing(account_id=account.id)
    tab = "ended" if request.args.get("tab") == "ended" else "live"
    shown = [grant for grant in grants if grant.live == (tab == "live")]
    names = accounts.names(who for grant in shown for who in (grant.given_by, grant.backer))
    apps, reads = registry.apps_of(grant.app_id for grant in shown), usage.last_reads(account.id)
    stopped = tokens.reconnect_needed(account.id)
    cards = [
        _card(grant, apps[grant.app_id], reads.get(grant.id), names) | {"reconnect": grant.live and grant.id in stopped}
        for grant in shown
    ]
    return render_template("customer/connected_apps.html", tab=tab, counts=_counts(grants), apps=cards)


@blueprint.get("/connected-apps/<grant_id>")
@requires(Right.LOOK)
def connected_app(grant_id: str) -> str:
    """One grant: what it allows, what was refused, what the app did read."""
    grant = own.grant(grant_id)
    account, app = accounts.account(grant.account_id), registry.app_page(grant.app_id)
    history = queries.history(grant.account_id, grant.id)
    names = accounts.names(
        [grant.given_by, grant.backer, *(version.actor_id for version in history if version.actor_id)]
    )
    used = usage.of_grant(grant.account_id, grant.id, account.timezone)
    return render_template(
        "customer/connected_app.html",
        grant={
            "id": grant_id,
            "state": grant.standing,
            "live": grant.live,
            "given_at": grant.given_at,
            "given_by": names.get(grant.given_by, ""),
            "ends_at": grant.expires_at,
            "ended_at": grant.ended_at,
            "end_words": presenting.end_words(grant),
            "reconnect": grant.live and grant.id in tokens.reconnect_needed(grant.account_id),
        },
        app=presenting.app_facts(app),
        status=presenting.status(grant),
        confirmation=_confirmation(grant, names),
        granted=presenting.granted_rows(grant.scopes, dict(purposes(grant.app_version_id)), used),
        refused=presenting.titles(grant.refused),
        terms=presenting.term_lines(grant.terms, account.timezone),
        reads=used if used.requests else None,
        fields=presenting.field_rows(used),
        days=presenting.chart_days(used, account.timezone),
        day_rows=[
            {"day": day.day, "requests": day.requests, "records": day.records, "fields": len(day.fields)}
            for day in reversed(used.days)
        ],
        events=presenting.events(history, names),
        receipts=[
            {"version": version.version, "at": version.at, "href": _receipt_url(grant_id, version)}
            for version in reversed(history)
        ],
        may_change=person().may(Right.CHANGE_GRANTS, account_id=grant.account_id),
    )


@blueprint.get("/connected-apps/<grant_id>/receipts/<int:version>")
@requires(Right.LOOK)
def receipt(grant_id: str, version: int) -> str:
    """The receipt of one act, to keep."""
    grant = own.grant(grant_id)
    found = _version(grant, version)
    account = accounts.account(grant.account_id)
    document = receipts.document(grant, found, registry.app_page(grant.app_id), account)
    names = accounts.names([found.actor_id] if found.actor_id else [])
    return render_template(
        "customer/receipt.html",
        grant_id=grant_id,
        receipt=receipts.page(document)
        | {
            "event_words": presenting.event_words(found),
            "by": presenting.actor_name(found, names),
            "role": _("on the consent page") if found.notice_hash else _("on this site"),
            "granted": [row["title"] for row in presenting.titles(found.scopes)],
            "refused": [row["title"] for row in presenting.titles(found.refused)],
            "terms": presenting.term_lines(found.terms, account.timezone),
        },
        download_url=url_for("customer.receipt_json", grant_id=grant_id, version=version),
    )


@blueprint.get("/connected-apps/<grant_id>/receipts/<int:version>.json")
@requires(Right.LOOK)
def receipt_json(grant_id: str, version: int) -> Response:
    """The same as JSON."""
    grant = own.grant(grant_id)
    found = _version(grant, version)
    answer = jsonify(
        receipts.document(grant, found, registry.app_page(grant.app_id), accounts.account(grant.account_id))
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="receipt-{grant_id}-{version}.json"'
    return answer


def _version(grant: GrantView, number: int) -> VersionView:
    for version in queries.history(grant.account_id, grant.id):
        if version.version == number:
            return version
    raise Problem("not-found", _("There is no such receipt."))


def _counts(grants: Any) -> dict[str, int]:
    live = sum(grant.live for grant in grants)
    return {"live": live, "ended": len(grants) - live}


def _short(grant: GrantView, sums: dict[UUID, tuple[int, int, Any]]) -> dict[str, Any]:
    _requests, records, last = sums.get(grant.id, (0, 0, None))
    return {
        "grant_id": presenting.grant_id(grant),
        "name": grant.app_name,
        "status": presenting.status(grant),
        "last_read": {"at": last, "records": records} if last else None,
    }


def _card(
    grant: GrantView, app: registry.AppLine, read: usage.LastRead | None, names: dict[UUID, str]
) -> dict[str, Any]:
    return {
        "grant_id": presenting.grant_id(grant),
        "name": app.name,
        "developer": app.legal_developer,
        "reviewed": app.reviewed,
        "unverified": app.origin != Origin.TEAM,
        "status": presenting.status(grant),
        "given_at": grant.given_at,
        "given_by": names.get(grant.given_by, ""),
        "ends_at": grant.expires_at,
        "ended_at": grant.ended_at,
        "end_words": presenting.end_words(grant),
        "last_read": read,
        "granted": len(grant.scopes),
        "refused": len(grant.refused),
        "confirmation": _confirmation(grant, names),
    }


def _confirmation(grant: GrantView, names: dict[UUID, str]) -> dict[str, Any] | None:
    return presenting.confirmation(grant, person().rights_in(grant.account_id), names)


def _receipt_url(grant_id: str, version: VersionView) -> str:
    return url_for("customer.receipt", grant_id=grant_id, version=version.version)


def _may_words() -> str:
    if person().may(Right.GIVE, account_id=own.account_id()):
        return _("You may connect and disconnect apps.")
    return _("To connect or disconnect an app, ask an owner or admin.")
