"""The application on a port, for browsers and other clients.

`live_server` runs in this process, in threads: quick to start, and the test can move the clock or read the database under it.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from connect.app import create_app
from connect.core.settings import Settings


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
    server.app = create_app(config)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="live-server")
    thread.start()
    yield LiveServer(url, server.app, config)
    server.shutdown()
    thread.join()
    server.server_close()
