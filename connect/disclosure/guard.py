"""The condition of a disclosure: the grant stands, in the version the projection was made for, and the app and the account stand.

On PostgreSQL the rows are taken FOR SHARE, so that a revocation waits for appends in flight and a later append waits for the revocation
and finds no row. On SQLite writers are serial anyway.
"""

from __future__ import annotations

from sqlalchemy import Select, literal, select

from apps_registry.lifecycle import CLOSED
from apps_registry.models import App
from connect.accounts.models import Account
from connect.core import clock, database
from connect.disclosure.context import Context
from connect.grants.models import Grant


def of(context: Context) -> Select[int] | None:
    """A SELECT that yields one row while the context's grant stands; None where no grant is needed (the account's own people)."""
    if context.grant_id is None:
        return None
    found = (
        select(literal(1))
        .select_from(Grant)
        .join(App, App.id == Grant.app_id)
        .join(Account, Account.id == Grant.account_id)
        .where(
            Grant.account_id == context.account_id,
            Grant.id == context.grant_id,
            Grant.version == context.grant_version,
            Grant.state == "active",
            Grant.expires_at > clock.now(),
            App.state.not_in(CLOSED),
            Account.state == "active",
        )
    )
    return found.with_for_update(read=True, of=[Grant, App]) if database.dialect() == "postgresql" else found
