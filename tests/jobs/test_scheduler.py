"""Timed jobs: each once at a time, long ones keep their lease, one that fails says so and spoils no other."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select, update

from connect.core import clock
from connect.jobs import scheduler
from connect.jobs.models import Job
from connect.jobs.table import JOBS, TimedJob


def job(work: Any, batch: int = 10) -> TimedJob:
    return TimedJob("test", timedelta(minutes=1), work, batch)


def test_every_job_of_the_table_runs_and_says_what_it_did(database: ModuleType) -> None:
    reports = scheduler.run_all()
    assert [report.name for report in reports] == [each.name for each in JOBS]
    assert [report.error for report in reports] == [""] * len(JOBS)


def test_a_job_goes_on_until_a_batch_is_not_full(database: ModuleType) -> None:
    left = [10, 10, 3]
    report = scheduler._run(job(lambda: left.pop(0)))
    assert (report.did, report.batches, left) == (23, 3, [])


def test_a_job_that_fails_says_so_without_what_it_was_about(database: ModuleType) -> None:
    def fail() -> int:
        raise ValueError("asha@example.com")

    report = scheduler._run(job(fail))
    assert report.error.startswith("ValueError") and "asha" not in report.error


def test_workers_that_begin_at_once_take_a_job_once(database: ModuleType) -> None:
    taken: list[Any] = []
    ready = threading.Barrier(6)

    def claim() -> None:
        ready.wait()
        taken.append(scheduler._claim(job(lambda: 0)))

    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([lease for lease in taken if lease]) == 1 and len(taken) == 6


@pytest.mark.parametrize("lost", [False, True])
def test_a_long_job_renews_its_lease_and_stops_where_it_lost_it(database: ModuleType, lost: bool) -> None:
    calls = []

    def work() -> int:
        calls.append(1)
        if lost:
            with database.unit_of_work() as session:
                session.execute(update(Job).values(lease=None))
        return 10 if len(calls) < 3 else 0

    long = job(work)
    lease = scheduler._claim(long)
    assert lease is not None
    scheduler._run(long, lease)
    assert len(calls) == (1 if lost else 3)
    with database.read() as connection:
        assert connection.scalar(select(Job.leased_until)) > clock.now()


def test_a_job_rests_as_long_as_its_batch_took(database: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float]
    times, rests, left = iter([10.0, 10.25, 20.0, 23.0, 30.0, 30.5]), [], [10, 10, 3]
    monkeypatch.setattr(scheduler.clock, "monotonic", lambda: next(times))
    monkeypatch.setattr(scheduler.time, "sleep", rests.append)
    scheduler._run(job(lambda: left.pop(0)))
    assert rests == [0.25, 1.0]  # and none after the last, nor ever longer than a second
