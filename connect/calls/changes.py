"""The order of an account's changes: taken in turns, numbered in the transaction that makes them, so that they commit as numbered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, update

from connect.accounts.models import Account
from connect.calls.models import Call
from connect.core import clock


class UnknownAccountError(LookupError):
    """There is no account of this id."""


def turn(connection: Connection, account_id: UUID) -> datetime:
    """Wait for the account's turn and hold it to the end of the transaction; the time of this change. Raises UnknownAccountError.

    Nodes' clocks differ a little, so a change is never dated before the one that came before it.
    """
    account = select(Account.id).where(Account.id == account_id).with_for_update(key_share=True)
    if connection.scalar(account) is None:
        raise UnknownAccountError(f"no account {account_id}")
    newest = select(Call.updated_at).where(Call.account_id == account_id).order_by(Call.change_seq.desc()).limit(1)
    last: datetime | None = connection.scalar(newest)
    return max(clock.now(), last) if last else clock.now()


def take(connection: Connection, account_id: UUID, count: int) -> range:
    """The account's next `count` change numbers; the caller holds its turn."""
    if not count:
        return range(0)
    statement = (
        update(Account)
        .where(Account.id == account_id)
        .values(change_counter=Account.change_counter + count)
        .returning(Account.change_counter)
    )
    last: int = connection.scalars(statement).one()
    return range(last - count + 1, last + 1)
