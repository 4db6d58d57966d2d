"""What commands ask of the call log. Nothing here commits on its own: whoever calls hands over how a unit of work is opened."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from uuid import UUID

from sqlalchemy.orm import Session

from connect.calls.incoming import CallIn
from connect.calls.ingest import IngestReport, ingest
from connect.core import clock

OpenUnit = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[int], None]


def store(
    open_unit: OpenUnit, account_id: UUID, calls: Iterable[CallIn], *, batch: int, progress: Progress, gentle: bool
) -> IngestReport:
    """Store history without events, `batch` calls to a transaction; `progress` hears how many were stored each time.

    `gentle`: rest after each transaction for as long as it took, so that a running server on the same SQLite file gets its turns.
    """
    report = IngestReport()
    for some in _batches(calls, batch):
        started = clock.monotonic()
        with open_unit() as session:
            report += ingest(session, account_id, some, emit=False)
        progress(len(some))
        if gentle:
            time.sleep(clock.monotonic() - started)
    return report


def _batches(calls: Iterable[CallIn], size: int) -> Iterator[list[CallIn]]:
    iterator = iter(calls)
    while some := list(islice(iterator, size)):
        yield some
