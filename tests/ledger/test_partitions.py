"""Months on PostgreSQL: made ahead, filled by the id's time, and never lost to the DEFAULT partition."""

from __future__ import annotations

from types import ModuleType

from sqlalchemy import Connection, select, text

from connect.core import clock as core_clock
from connect.core import ids
from connect.ledger import models, partitions
from connect.ledger.lines import RecordLine
from tests.ledger.support import draft, write
from tests.support.clock import Clock
from tests.support.databases import postgres_only


def partition_of(connection: Connection, table: str, column: str, entry_id: ids.UUID) -> str:
    found = connection.scalar(text(f"SELECT tableoid::regclass FROM {table} WHERE {column} = :id"), {"id": entry_id})
    return str(found)


@postgres_only
def test_an_entry_and_its_lines_go_into_their_month(database: ModuleType) -> None:
    made = write(database, draft(lines=[RecordLine("call_1")]))
    month = f"{core_clock.now():%Y%m}"
    with database.read() as connection:
        assert partition_of(connection, "ledger_entry", "id", made.id) == f"ledger_entry_p{month}"
        assert partition_of(connection, "ledger_lines", "entry_id", made.id) == f"ledger_lines_p{month}"


@postgres_only
def test_months_are_made_ahead_once_and_what_no_month_covers_is_kept(database: ModuleType, clock: Clock) -> None:
    with database.unit_of_work() as session:
        assert partitions.ensure_months(session.connection(), core_clock.now()) == 0
    far = clock.move(days=400)
    made = write(database)
    with database.unit_of_work() as session:
        connection = session.connection()
        assert partition_of(connection, "ledger_entry", "id", made.id) == "ledger_entry_default"
        made_now = partitions.ensure_months(connection, far, ahead=2)
        assert made_now == 2 * 3 - 1, "the month whose row stands in DEFAULT is left there"
        assert partitions.ensure_months(connection, far, ahead=2) == 0
        session.rollback()


def test_the_timed_job_keeps_months_ahead_of_the_clock(database: ModuleType, dialect: str, clock: Clock) -> None:
    clock.move(days=700)
    with database.unit_of_work() as session:
        assert partitions.make_months(session) == (2 * (partitions.AHEAD + 1) if dialect == "postgresql" else 0)
        session.rollback()


@postgres_only
def test_a_search_within_a_month_leaves_other_months_alone(database: ModuleType) -> None:
    now = core_clock.now()
    entry = models.entry.c
    wanted = select(entry.id).where(
        entry.log_id == 1, entry.id >= partitions.bound(now), entry.id < partitions.bound(now)
    )
    with database.read() as connection:
        compiled = wanted.compile(connection.engine, compile_kwargs={"literal_binds": True})
        plan = "\n".join(row[0] for row in connection.execute(text(f"EXPLAIN {compiled}")))
    assert "ledger_entry_default" not in plan


def test_a_bound_lies_between_the_ids_before_and_after_it(database: ModuleType, clock: Clock) -> None:
    before = ids.new()
    bound = partitions.bound(clock.move(seconds=1))
    assert before < bound < ids.new()
