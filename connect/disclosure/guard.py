"""The condition of a disclosure: the grant stands, in the version the projection was made for, and the app and the account stand.

They are held until the append is durable (grants.standing), so that a revocation waits for appends in flight and a later append waits
for the revocation and finds no row.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, bindparam, literal, select

from connect.core import clock
from connect.core.database import Id, UtcDateTime
from connect.disclosure.context import Context
from connect.grants import standing
from connect.grants.models import Grant

_STANDING: Select[Any] = standing.only(
    select(literal(1)).select_from(Grant), bindparam("standing_now", type_=UtcDateTime), held=True
).where(
    Grant.account_id == bindparam("standing_account", type_=Id),
    Grant.id == bindparam("standing_grant", type_=Id),
    Grant.version == bindparam("standing_version"),
)


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
    return _STANDING, parameters
