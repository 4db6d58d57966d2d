"""Appending: what is written, in whose transaction, and on what condition."""

from __future__ import annotations

from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Select, bindparam, func, select, update

from connect.accounts.models import Account
from connect.core import clock, ids
from connect.ledger import canonical, entries, lines, models, services
from connect.ledger.canonical import NotCanonical
from connect.ledger.commitment import commit
from connect.ledger.entries import Draft
from connect.ledger.lines import RecordLine
from tests.ledger.support import count, draft
from tests.support.blocked import Running, someone_waits_for_a_lock, until
from tests.support.databases import postgres_only

STANDING = select(Account.id).where(Account.id == bindparam("account"), Account.state == "active")


def guard(dialect: str) -> Select[Any]:
    return STANDING.with_for_update(read=True) if dialect == "postgresql" else STANDING


def test_an_entry_is_stored_as_the_exact_bytes_that_its_commitment_covers(database: ModuleType) -> None:
    account = ids.new()
    with database.unit_of_work() as session:
        made = services.append(session, draft(account, lines=[RecordLine("call_1"), RecordLine("call_2")]))
    assert made is not None
    with database.read() as connection:
        entry = connection.execute(select(models.entry)).one()
        pending = connection.execute(select(models.pending)).one()
        stored = connection.execute(select(models.lines)).one()
    assert made.commitment == pending.commitment == commit(entry.nonce, entry.body)
    assert made.id == entry.id == pending.entry_id == stored.entry_id
    body = canonical.decode(entry.body)
    assert body["id"] == ids.encode("entry", made.id)
    assert body["account"] == ids.encode("acc", account)
    assert body["at"] == clock.text(entry.at)
    plain = lines.unpack(stored.data)
    assert body["lines"] == {"count": 2, "root": lines.root(plain).hex()}


def test_without_lines_none_are_stored_and_the_body_says_so(database: ModuleType) -> None:
    with database.unit_of_work() as session:
        services.append(session, draft())
    with database.read() as connection:
        assert count(connection, models.lines) == 0
        assert canonical.decode(connection.scalar(select(models.entry.c.body)))["lines"] is None


def test_an_entry_shares_the_fate_of_its_transaction(database: ModuleType) -> None:
    with pytest.raises(RuntimeError, match="undone"), database.unit_of_work() as session:
        services.append(session, draft(lines=[RecordLine("call_1")]))
        raise RuntimeError("undone")
    with database.read() as connection:
        assert [count(connection, table) for table in (models.entry, models.pending, models.lines)] == [0, 0, 0]


@pytest.mark.parametrize("with_lines", [False, True])
def test_a_guard_that_finds_its_row_lets_the_entry_be_written(
    database: ModuleType, dialect: str, account: UUID, with_lines: bool
) -> None:
    made = draft(account, lines=[RecordLine("call_1")] if with_lines else [])
    with database.unit_of_work() as session:
        assert services.append(session, made, guard=guard(dialect), parameters={"account": account})
    with database.read() as connection:
        assert count(connection, models.pending) == 1
        assert count(connection, models.lines) == int(with_lines)


def test_a_guard_that_finds_nothing_writes_nothing(database: ModuleType, dialect: str, account: UUID) -> None:
    with database.unit_of_work() as session:
        session.execute(update(Account).values(state="closed"))
        made = draft(account, lines=[RecordLine("call_1")])
        assert services.append(session, made, guard=guard(dialect), parameters={"account": account}) is None
    with database.read() as connection:
        assert [count(connection, table) for table in (models.entry, models.pending, models.lines)] == [0, 0, 0]


def test_a_guard_that_yields_several_rows_writes_one_entry(database: ModuleType, account: UUID) -> None:
    with database.unit_of_work() as session:
        session.add(Account(id=ids.new(), name="Another", created_at=clock.now()))
        session.flush()
        assert services.append(session, draft(account), guard=select(Account.id))
    with database.read() as connection:
        assert count(connection, models.entry) == 1


def test_a_body_outside_the_profile_is_refused_before_anything_is_written(database: ModuleType) -> None:
    with database.unit_of_work() as session, pytest.raises(NotCanonical):
        services.append(session, Draft("config", {"ratio": 0.5}))
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(models.entry)) == 0


def test_a_body_cannot_say_other_than_its_columns() -> None:
    said = entries.body(
        Draft("config", {"account": "acc_forged", "type": "grant"}), ids.new(), clock_at(), "node", None
    )
    assert (said["account"], said["type"]) == (None, "config")


def clock_at() -> Any:
    return clock.parse("2026-11-25T10:00:00Z")


def close(database: ModuleType) -> None:
    with database.unit_of_work() as session:
        session.execute(update(Account).values(state="closed"))


@postgres_only
def test_whoever_takes_the_ground_away_waits_for_an_append_that_stands_on_it(
    database: ModuleType, account: UUID
) -> None:
    with database.unit_of_work() as session:
        made = services.append(session, draft(account), guard=guard("postgresql"), parameters={"account": account})
        closing = Running(lambda: close(database))
        until(someone_waits_for_a_lock)
        assert not closing.is_over
    closing.result()
    assert made is not None


@postgres_only
def test_an_append_waits_for_whoever_takes_the_ground_away_and_then_writes_nothing(
    database: ModuleType, account: UUID
) -> None:
    def append() -> object:
        with database.unit_of_work() as session:
            return services.append(session, draft(account), guard=guard("postgresql"), parameters={"account": account})

    with database.unit_of_work() as session:
        session.execute(update(Account).values(state="closed"))
        appending = Running(append)
        until(someone_waits_for_a_lock)
        assert not appending.is_over
    assert appending.result() is None
    with database.read() as connection:
        assert count(connection, models.entry) == 0
