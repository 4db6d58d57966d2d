"""Which core does what: the servers and their database have the first, the load the last."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

CORES = os.cpu_count() or 1
SERVERS, LOAD = 0, CORES - 1


@contextmanager
def pinned() -> Iterator[None]:
    """What is started inside has the first core, for as long as it runs."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {SERVERS})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
