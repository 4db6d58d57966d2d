"""The ledger alone: appends by 16 writers through the real code, and the sealer on what they left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from connect.core import database
from connect.core.groupcommit import GroupWriter
from connect.ledger import entries, sealer, services

WRITERS = 16


def appends(seconds: float, draft: Callable[[], entries.Draft]) -> float:
    """Durable appends a second, 16 threads of one process; on SQLite they share commits, as the server's threads do."""
    writer = GroupWriter(database.active()) if database.dialect() == "sqlite" else None
    if writer:
        writer.start()
    end, counts = time.monotonic() + seconds, [0] * WRITERS

    def write(place: int) -> None:
        while time.monotonic() < end:
            database.group_commit(lambda session: services.append(session, draft()))
            counts[place] += 1

    threads = [threading.Thread(target=write, args=(place,)) for place in range(WRITERS)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = sum(counts) / (time.monotonic() - started)
    if writer:
        writer.stop()
    return rate


def seal() -> tuple[int, float]:
    """Everything that waits, sealed: how many leaves, and leaves a second."""
    started, leaves = time.monotonic(), 0
    while sealed := sealer.seal_once().sealed:
        leaves += sealed
    return leaves, leaves / (time.monotonic() - started)
