"""The order of an account's changes: taken in turns, numbered in the transaction that makes them, so that they commit as numbered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update

from connect.accounts.models import Account
from connect.calls.models import Call
from connect.core import clock

_account, _call = Account.__table__.c, Call.__table__.c

_TURN = select(_account.id).where(_account.id == bindparam("account")).with_for_update(key_share=True)
_NEWEST = (
    select(_call.updated_at).where(_call.account_id == bindparam("account")).order_by(_call.change_seq.desc()).limit(1)
)
_TAKE = (
    update(Account)
    .where(_account.id == bindparam("account"))
    .values(change_counter=_account.change_counter + bindparam("count"))
    .returning(_account.change_counter)
)


class UnknownAccountError(LookupError):
    """There is no account of this id."""


def turn(connection: Connection, account_id: UUID) -> datetime:
    """Wait for the account's turn and hold it to the end of the transaction; the time of this change. Raises UnknownAccountError.

    Nodes' clocks differ a little, so a change is never dated before the one that came before it.
    """
    if connection.scalar(_TURN, {"account": account_id}) is None:
        raise UnknownAccountError(f"no account {account_id}")
    last: datetime | None = connection.scalar(_NEWEST, {"account": account_id})
    return max(clock.now(), last) if last else clock.now()


def take(connection: Connection, account_id: UUID, count: int) -> range:
    """The account's next `count` change numbers; the caller holds its turn."""
    if not count:
        return range(0)
    last: int = connection.scalars(_TAKE, {"account": account_id, "count": count}).one()
    return range(last - count + 1, last + 1)
