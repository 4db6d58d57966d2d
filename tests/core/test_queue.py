"""A table as a queue: leases, fairness between groups, and many who claim at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Row, String, Table, insert, literal, select, union_all

from connect.core import clock as core_clock
from connect.core import queue
from connect.core.database import Id, UtcDateTime
from connect.core.queue import Lease, Settled, Wanted
from tests.support.clock import Clock
from tests.support.databases import postgres_only
from tests.support.threads import together

LEASE = timedelta(seconds=60)
JOBS = Table(
    "queued_job",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("owner", String(10), nullable=False),
    Column("state", String(10), nullable=False, default="waiting"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("lease_token", Id),
)


@pytest.fixture
def jobs(database: ModuleType) -> Iterator[ModuleType]:
    """The database with an empty queue in it."""
    with database.unit_of_work() as session:
        JOBS.create(session.connection())
    yield database
    with database.unit_of_work() as session:
        JOBS.drop(session.connection())


def put(jobs: ModuleType, *owners: str, due_in: int = 0) -> None:
    due_at = core_clock.now() + timedelta(seconds=due_in)
    with jobs.unit_of_work() as session:
        session.execute(insert(JOBS), [{"owner": owner, "due_at": due_at} for owner in owners])


def claim(
    jobs: ModuleType, limit: int = 100, slots: int = 100, owners: str = "abc", lease: Lease | None = None
) -> Sequence[Row[Any]]:
    groups = union_all(*(select(literal(owner).label("id"), literal(slots).label("slots")) for owner in owners))
    wanted = Wanted(
        ready=lambda row: row.state != "done",
        order=lambda row: (row.due_at, row.id),
        groups=groups.subquery("owners"),
        group="owner",
        most=50,
    )
    with jobs.unit_of_work() as session:
        return queue.claim(session, JOBS, lease or Lease.of(LEASE), wanted, limit, {"state": "taken"})


def settle(jobs: ModuleType, lease: Lease, *rows: Row[Any]) -> int:
    with jobs.unit_of_work() as session:
        return queue.settle(session, JOBS, [Settled((row.id,), lease, {"state": "done"}) for row in rows])


def test_a_claimed_row_is_leased_and_not_claimed_again(jobs: ModuleType) -> None:
    put(jobs, "a", "b")
    lease = Lease.of(LEASE)
    rows = claim(jobs, lease=lease)
    assert {(row.state, row.lease_token, row.due_at) for row in rows} == {("taken", lease.token, lease.until)}
    assert len(rows) == 2
    assert claim(jobs) == []


def test_a_row_is_claimed_when_it_is_due_and_not_before(jobs: ModuleType, clock: Clock) -> None:
    put(jobs, "a", due_in=30)
    assert claim(jobs) == []
    clock.move(seconds=31)
    assert len(claim(jobs)) == 1


def test_a_lease_that_ended_gives_the_row_back(jobs: ModuleType, clock: Clock) -> None:
    put(jobs, "a")
    first = Lease.of(LEASE)
    (row,) = claim(jobs, lease=first)
    clock.move(seconds=61)
    second = Lease.of(LEASE)
    assert [again.id for again in claim(jobs, lease=second)] == [row.id]
    assert settle(jobs, first, row) == 0, "the first worker comes too late"
    assert settle(jobs, second, row) == 1


def test_a_settled_row_is_done_once(jobs: ModuleType) -> None:
    put(jobs, "a", "b")
    lease = Lease.of(LEASE)
    rows = claim(jobs, lease=lease)
    assert settle(jobs, lease, *rows) == 2
    assert settle(jobs, lease, *rows) == 0
    assert settle(jobs, lease) == 0
    assert claim(jobs) == []


def test_everybodys_first_comes_before_anybodys_second(jobs: ModuleType) -> None:
    put(jobs, *"aaaaaaaaaabbc")
    assert Counter(row.owner for row in claim(jobs, limit=5)) == {"a": 2, "b": 2, "c": 1}


def test_no_group_gets_more_than_its_slots(jobs: ModuleType) -> None:
    put(jobs, *"aaaaab")
    assert Counter(row.owner for row in claim(jobs, slots=2)) == {"a": 2, "b": 1}
    assert claim(jobs, slots=0) == []
    assert claim(jobs, slots=-3) == []


def test_the_oldest_of_a_group_comes_first(jobs: ModuleType, clock: Clock) -> None:
    put(jobs, "a", due_in=5)
    put(jobs, "a", due_in=1)
    clock.move(seconds=6)
    (row,) = claim(jobs, slots=1)
    assert row.id == 2


def test_a_group_that_is_not_asked_for_waits(jobs: ModuleType) -> None:
    put(jobs, "a", "z")
    assert [row.owner for row in claim(jobs)] == ["a"]


def test_many_who_claim_at_once_never_get_the_same_row(jobs: ModuleType) -> None:
    put(jobs, *"abc" * 60)
    taken = together(*(lambda: [row.id for row in claim(jobs, limit=20, slots=7)] for _ in range(8)))
    everything = [row for rows in taken for row in rows]
    assert len(everything) == len(set(everything)) >= 100


def test_work_that_could_outlast_its_lease_is_not_begun(jobs: ModuleType, clock: Clock) -> None:
    lease = Lease.of(LEASE)
    assert lease.outlasts(timedelta(seconds=50))
    clock.move(seconds=15)
    assert not lease.outlasts(timedelta(seconds=50))


def test_rows_in_nobodys_hands_are_changed_at_once(jobs: ModuleType) -> None:
    put(jobs, "a", "b")
    with jobs.unit_of_work() as session:
        queue.change_free(session, JOBS, JOBS.c.owner == "a", {"state": "done"})
    assert [row.owner for row in claim(jobs)] == ["b"]


@postgres_only
def test_rows_that_are_being_settled_are_passed_over_instead_of_waited_for(jobs: ModuleType) -> None:
    put(jobs, "a", "b")
    lease = Lease.of(LEASE)
    first, second = claim(jobs, lease=lease)

    def change() -> None:
        with jobs.unit_of_work() as session:
            queue.change_free(session, JOBS, JOBS.c.state == "taken", {"state": "ended"})

    with jobs.unit_of_work() as session:
        queue.settle(session, JOBS, [Settled((first.id,), lease, {"state": "done"})])
        assert together(change) == [None]
    with jobs.read() as connection:
        assert dict(connection.execute(select(JOBS.c.id, JOBS.c.state)).all()) == {first.id: "done", second.id: "ended"}
