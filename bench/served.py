"""Starts a target of targets.py under granian, pinned to the first core, and stops it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import requests

from bench import cores
from tests.support.ports import free_port

_PATIENCE = 60.0


@dataclass(frozen=True)
class Served:
    url: str
    process: subprocess.Popen[bytes]

    def memory(self) -> float:
        """Resident memory of the server and its workers, in MB."""
        pids = [str(self.process.pid), *_children(self.process.pid)]
        return sum(_resident(pid) for pid in pids) / 1024


@contextmanager
def serve(
    target: str, environment: Mapping[str, str], *, workers: int, threads: int, path: str = "/"
) -> Iterator[Served]:
    """`target` of bench.targets on a free port, answering; what it writes goes to standard error."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [
        str(Path(sys.executable).parent / "granian"), f"bench.targets:{target}", "--factory",
        "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers),
        "--blocking-threads", str(threads), "--log-level", "error",
    ]  # fmt: skip
    with running(command, {**environment, "CONNECT_BASE_URL": url}, url, path) as found:
        yield found


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], url: str, path: str = "/", log: IO[bytes] | None = None
) -> Iterator[Served]:
    """`command`, on the servers' core, once it answers at `url`. What it says goes to `log`, or to standard error."""
    with cores.pinned():
        process = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log)
    try:
        _wait(url + path, process)
        yield Served(url, process)
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            requests.get(url, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{url} did not answer")


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def _resident(pid: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)
