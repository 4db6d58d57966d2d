"""What the tables of apps and grants say today, in the form in which the ledger rebuilds it from its entries (ledger/reconcile.py)."""

from __future__ import annotations

from sqlalchemy import Connection, select

from apps_registry.models import App, AppVersion, RequestedScope
from connect.core import clock, ids
from connect.grants.models import Grant, GrantRefusal
from connect.ledger.reconcile import AppStanding, GrantStanding, Refusal, Standing


def read(connection: Connection) -> Standing:
    """Every app, grant and refusal as its row stands."""
    apps = {app.id: app for app in _apps(connection)}
    grants = {grant.id: grant for grant in _grants(connection)}
    refusals = {refusal.id: refusal for refusal in _refusals(connection)}
    return Standing(apps, grants, refusals)


def _apps(connection: Connection) -> list[AppStanding]:
    published = select(AppVersion.app_id, AppVersion.id, AppVersion.number).where(AppVersion.published_at.is_not(None))
    newest = {row.app_id: row for row in connection.execute(published.order_by(AppVersion.number))}
    asked = connection.execute(select(RequestedScope.app_version_id, RequestedScope.scope, RequestedScope.required))
    scopes = sorted((row.app_version_id, row.scope, row.required) for row in asked)
    found = []
    for row in connection.execute(select(App.id, App.client_id, App.name, App.state)):
        version = newest.get(row.id)
        mine = [(scope, required) for version_id, scope, required in scopes if version and version_id == version.id]
        found.append(
            AppStanding(
                ids.encode("app", row.id),
                row.client_id,
                row.name,
                row.state,
                version.number if version else None,
                tuple(scope for scope, required in mine if required),
                tuple(scope for scope, required in mine if not required),
            )
        )
    return found


def _grants(connection: Connection) -> list[GrantStanding]:
    columns = (
        Grant.id,
        Grant.account_id,
        Grant.app_id,
        Grant.state,
        Grant.version,
        Grant.scopes,
        Grant.refused,
        Grant.terms,
    )
    return [
        GrantStanding(
            ids.encode("grant", row.id),
            ids.encode("acc", row.account_id),
            ids.encode("app", row.app_id),
            row.state,
            row.version,
            tuple(row.scopes),
            tuple(row.refused),
            row.terms,
            clock.text(row.expires_at),
        )
        for row in connection.execute(select(*columns, Grant.expires_at))
    ]


def _refusals(connection: Connection) -> list[Refusal]:
    columns = (GrantRefusal.entry_id, GrantRefusal.account_id, GrantRefusal.app_id, GrantRefusal.scopes)
    return [
        Refusal(
            ids.encode("entry", row.entry_id),
            ids.encode("acc", row.account_id),
            ids.encode("app", row.app_id),
            tuple(row.scopes),
        )
        for row in connection.execute(select(*columns))
    ]
