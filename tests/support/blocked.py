"""Lets a test go on when another thread has come as far as it can."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from connect.core import database


class Running:
    """A call in a thread of its own: `result()` is what it returned, or raises what it raised."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._result: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(call,))
        self._thread.start()

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def result(self) -> Any:
        self._thread.join(timeout=30)
        assert self.is_over, "it is still waiting"
        if self._error is not None:
            raise self._error
        return self._result

    def _run(self, call: Callable[[], Any]) -> None:
        try:
            self._result = call()
        except BaseException as error:
            self._error = error


def until(reached: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until `reached()`; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "that was not reached"
        time.sleep(0.005)


def waiting() -> int:
    """How many statements of this PostgreSQL database wait for another transaction."""
    statement = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.read() as connection:
        return connection.scalar(text(statement)) or 0


def someone_waits_for_a_lock() -> bool:
    """Whether one does."""
    return waiting() > 0
