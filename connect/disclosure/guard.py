"""The condition of a disclosure: the grant stands, in the version the projection was made for, and the app and the account stand.

On PostgreSQL the rows are taken FOR SHARE, so that a revocation waits for appends in flight and a later append waits for the revocation
and finds no row. On SQLite writers are serial anyway.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, bindparam, literal, select

from apps_registry.clients import open_to
from apps_registry.models import App
from connect.accounts.models import Account
from connect.core import clock, database
from connect.core.database import Id, UtcDateTime
from connect.disclosure.context import Context
from connect.grants.models import Grant

_STANDING: Select[Any] = (
    select(literal(1))
    .select_from(Grant)
    .join(App, App.id == Grant.app_id)
    .join(Account, Account.id == Grant.account_id)
    .where(
        Grant.account_id == bindparam("standing_account", type_=Id),
        Grant.id == bindparam("standing_grant", type_=Id),
        Grant.version == bindparam("standing_version"),
        Grant.state == "active",
        Grant.expires_at > bindparam("standing_now", type_=UtcDateTime),
        open_to(Account.id, Account.kind),
        Account.state == "active",
    )
)
_SHARED = _STANDING.with_for_update(read=True, of=[Grant, App])


def of(context: Context) -> tuple[Select[Any] | None, dict[str, Any]]:
    """A SELECT that yields one row while the context's grant stands, and its parameters; None where no grant is needed."""
    if context.grant_id is None:
        return None, {}
    parameters = {
        "standing_account": context.account_id,
        "standing_grant": context.grant_id,
        "standing_version": context.grant_version,
        "standing_now": clock.now(),
    }
    return (_SHARED if database.dialect() == "postgresql" else _STANDING), parameters
