"""Runs calls at the same moment, each in a thread of its own, to show a race."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

Together = Callable[..., list[Any]]


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What each call returned, or the exception it raised, in the order given. All start when the last thread is ready."""
    gate = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(at: int, call: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results[at] = call()
        except Exception as error:
            results[at] = error

    threads = [threading.Thread(target=run, args=(at, call)) for at, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
