"""Runs a program in several processes that begin at the same moment, to show a race that threads would hide."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from connect.core.settings import Settings
from tests.support.servers import environment

_ROOT = Path(__file__).parents[2]


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
