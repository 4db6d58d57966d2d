"""The timed jobs: name, how often, what it does, how much at most in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from connect.accounts import sessions
from connect.core import limits, mail
from connect.grants import services as grants
from connect.ledger import partitions
from connect.oauth import housekeeping as tokens
from connect.webhooks import housekeeping as webhooks


@dataclass(frozen=True)
class TimedJob:
    """`work` does at most `batch` things in the given unit of work and returns how many it did."""

    name: str
    every: timedelta
    work: Callable[[Session], int]
    batch: int


JOBS: tuple[TimedJob, ...] = (
    TimedJob("expire grants", timedelta(minutes=1), lambda session: grants.expire_due(session, 500), 500),
    TimedJob("send mail", timedelta(seconds=2), lambda session: mail.deliver_due(session, 100), 100),
    TimedJob("purge tokens", timedelta(minutes=5), lambda session: tokens.purge(session, 1_000), 1_000),
    TimedJob("purge sessions", timedelta(hours=1), lambda session: sessions.purge(session, 1_000), 1_000),
    TimedJob("purge deliveries", timedelta(hours=1), lambda session: webhooks.purge(session, 1_000), 1_000),
    TimedJob("make months of the ledger", timedelta(days=1), partitions.make_months, 100),
    TimedJob("purge rate limits", timedelta(minutes=10), lambda _session: limits.purge(10_000), 10_000),
)
