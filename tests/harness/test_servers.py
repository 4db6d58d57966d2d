"""The servers the tests start answer as the platform does."""

from __future__ import annotations

import pytest
import requests

from tests.support.databases import sqlite_only
from tests.support.servers import LiveServer, Server


def test_the_live_server_answers_on_its_own_address(live_server: LiveServer) -> None:
    answer = requests.get(f"{live_server.url}/v1/nowhere", timeout=5)
    assert answer.status_code == 404
    assert answer.json()["instance"].startswith("req_")


@sqlite_only
def test_the_real_server_comes_back_after_it_was_killed(server: Server) -> None:
    assert requests.get(f"{server.url}/readyz", timeout=5).json()["status"] == "ok"
    server.kill()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{server.url}/healthz", timeout=5)
    server.start()
    assert requests.get(f"{server.url}/healthz", timeout=5).status_code == 200
    server.stop()
