"""Timed jobs: each a function that does a bounded piece of work and says how much it did.

A job is leased by its row, so several workers never run one at once; a worker that dies lets the lease run out.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from connect.core import clock, database, health, ids, log
from connect.jobs.models import Job
from connect.jobs.table import JOBS, TimedJob

_LEASE = timedelta(minutes=5)
_TICK = 1.0  # seconds between looks at what is due
_LONGEST_REST = 1.0  # seconds after a batch

logger = log.get("jobs")


@dataclass(frozen=True)
class Report:
    """What a run did: how many things, in how many batches, or the error that ended it."""

    name: str
    did: int
    batches: int
    at: datetime
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "did": self.did, "batches": self.batches, "at": self.at, "error": self.error}


def run_all() -> Sequence[Report]:
    """Run every job once, due or not, and return what each did."""
    return [_run(job) for job in JOBS]


def run(stop: threading.Event) -> None:
    """Run due jobs until `stop` is set; for the worker."""
    while not stop.wait(_TICK):
        health.beat("jobs")
        for job in JOBS:
            if lease := _claim(job):
                report = _run(job, lease)
                if report.did:
                    logger.info("job did something", job=job.name, count=report.did, size=report.batches)
                _finish(job, lease, report)


def _run(job: TimedJob, lease: UUID | None = None) -> Report:
    """Batches until there is nothing left to do; under a lease, only while it is still ours.

    After each it rests as long as the batch took: SQLite's one writer takes no turns, so without that requests would wait for many.
    """
    did = batches = 0
    try:
        while True:
            begun = clock.monotonic()
            done = job.work()
            took = clock.monotonic() - begun
            did, batches = did + done, batches + 1
            health.beat("jobs")
            if done < job.batch or (lease is not None and not _renewed(job, lease)):
                return Report(job.name, did, batches, clock.now())
            time.sleep(min(took, _LONGEST_REST))
    except Exception as error:
        logger.error("job failed", job=job.name, error=type(error).__name__, exc_info=True)
        return Report(job.name, did, batches, clock.now(), error=f"{type(error).__name__}: see the log")


def _renewed(job: TimedJob, lease: UUID) -> bool:
    """A long backlog keeps its lease; one that ran out belongs to whoever took it."""
    mine = update(Job).where(Job.name == job.name, Job.lease == lease).values(leased_until=clock.now() + _LEASE)
    with database.unit_of_work() as session:
        return bool(session.connection().execute(mine).rowcount)


def _claim(job: TimedJob) -> UUID | None:
    lease, now = ids.new(), clock.now()
    with database.read() as connection:
        due = connection.scalar(select(Job.due_at).where(Job.name == job.name))
    if due is not None and due > now:
        return None
    with database.unit_of_work() as session:
        if due is None:
            _first(session, job, now)
        free = or_(Job.leased_until.is_(None), Job.leased_until < now)
        taken = (
            update(Job)
            .where(Job.name == job.name, Job.due_at <= now, free)
            .values(lease=lease, leased_until=now + _LEASE)
        )
        return lease if session.connection().execute(taken).rowcount else None


def _first(session: Session, job: TimedJob, now: datetime) -> None:
    """The job's row at its first run; of two workers that make it at once, one does."""
    first = database.upsert(Job).values(name=job.name, due_at=now, last_report="")
    session.execute(first.on_conflict_do_nothing())


def _finish(job: TimedJob, lease: UUID, report: Report) -> None:
    said = f"{report.did} in {report.batches}" if not report.error else report.error
    with database.unit_of_work() as session:
        session.execute(
            update(Job)
            .where(Job.name == job.name, Job.lease == lease)
            .values(
                lease=None, leased_until=None, due_at=clock.now() + job.every, last_run_at=report.at, last_report=said
            )
        )
