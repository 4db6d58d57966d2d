"""The application on a port, for browsers and other clients.

`live_server` runs in this process, in threads: quick to start, and the test can move the clock or read the database under it.
`server` is `connect serve` in processes of its own, as an operator starts it: slower, and it can be killed.
"""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import requests
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from connect.core.settings import PREFIX, SETTINGS, Settings
from tests.support import applications
from tests.support.ports import free_port

_ROOT = Path(__file__).parents[2]


def environment(settings: Settings) -> dict[str, str]:
    """The environment variables that give another process these settings."""
    return {f"{PREFIX}{item.name.upper()}": _text(getattr(settings, item.name)) for item in SETTINGS}


def _text(value: Any) -> str:
    return f"{value.total_seconds()}" if isinstance(value, timedelta) else str(value)


@dataclass(frozen=True)
class LiveServer:
    """`url` has no slash at its end."""

    url: str
    app: Flask
    settings: Settings


class _Quiet(WSGIRequestHandler):
    """Answers with HTTP/1.1, keeps connections, and does not log each request."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the name is werkzeug's
        pass


@pytest.fixture
def live_server(database: ModuleType, settings: Settings) -> Iterator[LiveServer]:
    """The platform on 127.0.0.1, on the test's database; its address becomes the base URL."""
    server = make_server("127.0.0.1", 0, Flask(__name__), threaded=True, request_handler=_Quiet)
    url = f"http://127.0.0.1:{server.server_port}"
    config = dataclasses.replace(settings, base_url=url)
    server.app = applications.make(config)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="live-server")
    thread.start()
    yield LiveServer(url, server.app, config)
    server.shutdown()
    thread.join()
    server.server_close()


class Server:
    """`connect serve` on the test's database. `settings` are those it runs with; `log` is the file it writes to.

    `part` is the command that starts it: `web` answers requests alone, without the processes that seal and deliver.
    """

    def __init__(self, settings: Settings, log: Path, part: str = "serve") -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = dataclasses.replace(settings, base_url=self.url)
        self.log, self.part = log, part
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        command = [sys.executable, "-m", "connect.cli.main", self.part]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=_ROOT,
                env=os.environ | environment(self.settings),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 90
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it as an operator would, with SIGTERM."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=40)
            self.process = None

    def kill(self) -> None:
        """SIGKILL for the server and every process it started."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except requests.ConnectionError:
            return False


@pytest.fixture
def server(database: ModuleType, settings: Settings, tmp_path: Path) -> Iterator[Server]:
    """The real server, started. `server.kill()` and `server.start()` are for tests of what survives."""
    running = Server(settings, tmp_path / "server.log")
    running.start()
    yield running
    running.kill()
