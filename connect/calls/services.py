"""What commands ask of the call log. Nothing here opens a unit of work on its own: whoever calls says how one is opened."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from connect.accounts.models import Account
from connect.calls import media
from connect.calls.changes import UnknownAccountError
from connect.calls.generator import generate
from connect.calls.incoming import CallIn
from connect.calls.ingest import IngestReport, ingest
from connect.calls.made_up.media import tones
from connect.core import clock, database, settings

OpenUnit = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[int], None]

_BATCH = 1000
_STATISTICS = text("ANALYZE call, subject, contact")
_LONGEST_REST_S = 0.025  # a writer that waits for SQLite's lock looks again at least this often, at first


def _unheard(_count: int) -> None:
    pass


def store(
    open_unit: OpenUnit,
    account_id: UUID,
    calls: Iterable[CallIn],
    *,
    batch: int = _BATCH,
    gentle: bool = False,
    progress: Progress = _unheard,
) -> IngestReport:
    """Store history without events, `batch` calls to a transaction; `progress` hears after each how many there are so far.

    PostgreSQL then renews its statistics: until it would by itself, a minute later, a page of an account filled at once takes a second.

    `gentle`: rest a moment after each transaction, so that a running server on the same SQLite file gets its turns.
    """
    report, done = IngestReport(), 0
    for some in _batches(calls, batch):
        started = clock.monotonic()
        with open_unit() as session:
            report += ingest(session, account_id, some, emit=False)
        done += len(some)
        progress(done)
        if gentle:
            time.sleep(min(clock.monotonic() - started, _LONGEST_REST_S))
    if report.added and database.dialect() == "postgresql":
        with open_unit() as session:
            session.execute(_STATISTICS)
    return report


def import_history(
    open_unit: OpenUnit, account_id: UUID, calls: Iterable[CallIn], progress: Progress = _unheard
) -> IngestReport:
    """Store what an importer read, leaving room for a running server where both write to one SQLite file."""
    batch, gentle = settings.current().import_batch, database.dialect() == "sqlite"
    return store(open_unit, account_id, calls, batch=batch, gentle=gentle, progress=progress)


def load_demo(
    open_unit: OpenUnit, account_id: UUID, count: int = 5000, *, seed: int = 1, progress: Progress = _unheard
) -> IngestReport:
    """Fill an account with `count` made-up calls up to now, their recordings in the media store."""
    for content in tones():
        media.put(account_id, content)
    calls = generate(seed, _timezone(account_id), clock.now(), count)
    return store(open_unit, account_id, calls, progress=progress)


def _timezone(account_id: UUID) -> str:
    with database.read() as connection:
        found = connection.scalar(select(Account.timezone).where(Account.id == account_id))
    if found is None:
        raise UnknownAccountError(f"no account {account_id}")
    return found


def _batches(calls: Iterable[CallIn], size: int) -> Iterator[list[CallIn]]:
    iterator = iter(calls)
    while some := list(islice(iterator, size)):
        yield some
