"""Runs calls, or a program, in several processes that begin at the same moment, to show a race that threads would hide."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from connect.core import database
from connect.core.settings import Settings
from tests.support.servers import environment

_ROOT = Path(__file__).parents[2]
_FORK = multiprocessing.get_context("fork")
_PATIENCE = 120.0  # seconds


@dataclass(frozen=True)
class Told:
    """An answer as it comes back from another process."""

    status_code: int
    data: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.data)


def together(*calls: Callable[[], Any]) -> list[Any]:
    """As tests.support.threads.together, each call in a process of its own with connections of its own; answers come back as Told.

    For PostgreSQL. The processes are forked: they have the application, the settings and the clock of the test.
    """
    gate = _FORK.Barrier(len(calls))
    ends = [_FORK.Pipe(duplex=False) for _ in calls]
    processes = [
        _FORK.Process(target=_answer, args=(call, gate, sender)) for call, (_, sender) in zip(calls, ends, strict=True)
    ]
    for process in processes:
        process.start()
    results = [receiver.recv() if receiver.poll(_PATIENCE) else TimeoutError() for receiver, _ in ends]
    for process in processes:
        process.join(_PATIENCE)
    return results


def _answer(call: Callable[[], Any], gate: Any, sender: Any) -> None:
    """In the new process: what `call` gives or raises, once all are ready."""
    database.active().engine.dispose(close=False)  # the parent's connections are the parent's
    with database.read() as connection:  # so that none loses the race by its first connection
        connection.exec_driver_sql("SELECT 1")
    gate.wait(_PATIENCE)
    try:
        result = call()
    except Exception as error:
        result = error
    if isinstance(result, TestResponse):
        result = Told(result.status_code, result.data, dict(result.headers))
    sender.send(result)


def at_once(settings: Settings, program: str, count: int, line: str = "") -> list[str]:
    """What each of `count` processes prints. The program prints `ready`, then reads `line` from its input and begins."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=_ROOT,
            env=environment(settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
    printed = [process.communicate(timeout=120)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0] * count
    return printed
