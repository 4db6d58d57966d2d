"""`connect demo --json` beside a demo: one that is served stays as it is, one that is not moves to the address that is asked for."""

from __future__ import annotations

import json
import socket
from types import ModuleType
from typing import Any

from click.testing import CliRunner

from connect.cli.demo import demo
from connect.core import settings
from connect.demo import load, run

CRM = "http://127.0.0.1:5111"


def document(*options: str) -> dict[str, Any]:
    result = CliRunner().invoke(demo, ["--json", "--calls", "10", *options])
    assert result.exit_code == 0, result.output
    said: dict[str, Any] = json.loads(result.stdout)
    return said


def test_asking_for_the_document_of_a_demo_that_is_served_changes_nothing(database: ModuleType) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        run.use(f"http://127.0.0.1:{listening.getsockname()[1]}")
        made = load.load(CRM, lambda *_: None, 10)
        run.use("http://127.0.0.1:8000")  # as another shell has it
        assert document() == made


def test_the_document_of_a_demo_that_has_ended_has_the_address_of_now(database: ModuleType) -> None:
    run.use("http://127.0.0.1:1")
    load.load(CRM, lambda *_: None, 10)
    run.use("http://127.0.0.1:8000")
    said = document()
    assert (said["base_url"], said["crm_url"]) == (settings.current().base_url, CRM)
    assert document("--crm-url", "http://127.0.0.1:5222")["apps"][0]["redirect_uris"] == [
        "http://127.0.0.1:5222/callback"
    ]
