"""The gallery of sample pages, in this process and on a port."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import WSGIRequestHandler, make_server

from connect.core import settings
from tests.pages.gallery import make_app


class _KeepAlive(WSGIRequestHandler):
    """Keeps connections open between requests, and does not log them."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the name is werkzeug's
        pass


@pytest.fixture(scope="module")
def gallery_url() -> Iterator[str]:
    """The gallery's address, without a slash at its end."""
    server = make_server("127.0.0.1", 0, Flask(__name__), threaded=True, request_handler=_KeepAlive)
    url = f"http://127.0.0.1:{server.server_port}"
    settings.activate(settings.load(base_url=url))
    server.app, server.daemon_threads = make_app(), True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def gallery() -> FlaskClient:
    """A test client of the gallery."""
    settings.activate(settings.load(base_url="http://localhost"))
    return make_app().test_client()
