"""The servers the tests start answer as the platform does."""

from __future__ import annotations

import requests

from tests.support.servers import LiveServer


def test_the_live_server_answers_on_its_own_address(live_server: LiveServer) -> None:
    answer = requests.get(f"{live_server.url}/v1/nowhere", timeout=5)
    assert answer.status_code == 404
    assert answer.json()["instance"].startswith("req_")
