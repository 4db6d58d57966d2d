"""The timed jobs: name, how often, what it does, how much at most in one go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from connect.accounts import sessions
from connect.core import database, limits, mail
from connect.grants import backing
from connect.grants import services as grants
from connect.ledger import partitions
from connect.oauth import housekeeping as tokens
from connect.webhooks import housekeeping as webhooks


@dataclass(frozen=True)
class TimedJob:
    """`work` does at most `batch` things, in transactions of its own, and returns how many it did."""

    name: str
    every: timedelta
    work: Callable[[], int]
    batch: int


def in_unit(work: Callable[[Session, int], int], batch: int) -> Callable[[], int]:
    """`work` on at most `batch` things in one transaction."""

    def run() -> int:
        with database.unit_of_work() as session:
            return work(session, batch)

    return run


def _months(session: Session, _batch: int) -> int:
    return partitions.make_months(session)


_TOKENS = 100  # rows in one go: few, since requests of apps write the same tables meanwhile

JOBS: tuple[TimedJob, ...] = (
    TimedJob("expire grants", timedelta(minutes=1), in_unit(grants.expire_due, 500), 500),
    TimedJob("confirm grants", timedelta(minutes=5), in_unit(backing.run_due, 200), 200),
    TimedJob("send mail", timedelta(seconds=2), lambda: mail.deliver_due(20), 20),
    *(TimedJob(name, timedelta(minutes=5), in_unit(step, _TOKENS), _TOKENS) for name, step in tokens.STEPS.items()),
    TimedJob("purge sessions", timedelta(hours=1), in_unit(sessions.purge, 1_000), 1_000),
    TimedJob("purge deliveries", timedelta(hours=1), in_unit(webhooks.purge, 1_000), 1_000),
    TimedJob("make months of the ledger", timedelta(days=1), in_unit(_months, 100), 100),
    TimedJob("purge rate limits", timedelta(minutes=10), lambda: limits.purge(10_000), 10_000),
)
