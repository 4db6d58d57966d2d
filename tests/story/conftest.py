"""The demo on a real server, with the CRM beside it as a process of its own, and a callback host that leads on to another host."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import requests

from connect.core import database as core_database
from connect.core import settings as core_settings
from connect.core.settings import Settings
from connect.demo import load
from tests.support.ports import free_port
from tests.support.servers import Server

_ROOT = Path(__file__).parents[2]
CALLS = 240


@dataclass
class Stage:
    """The running demo: `demo` is its document, as `connect demo --json` prints it."""

    server: Server
    demo: dict[str, Any]
    folder: Path

    def person(self, role: str) -> dict[str, str]:
        return next(person for person in self.demo["people"] if person["role"] == role)

    def app(self, name: str) -> dict[str, Any]:
        return next(app for app in self.demo["apps"] if app["name"] == name)


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {
        "egress_loopback": True,
        "seal_interval": core_settings.seconds(0.1),
        "checkpoint_interval": core_settings.seconds(0.5),
    }


@pytest.fixture
def stage(database: ModuleType, settings: Settings, tmp_path: Path) -> Iterator[Stage]:
    server = Server(settings, tmp_path / "server.log")
    crm_port = free_port()
    core_settings.activate(server.settings)
    core_database.activate(server.settings)
    demo = load.load(f"http://127.0.0.1:{crm_port}", lambda *_: None, CALLS)
    server.start()
    crm = _crm(demo, crm_port, tmp_path)
    try:
        yield Stage(server, demo, tmp_path)
    finally:
        crm.kill()
        crm.wait()
        server.kill()


def _crm(demo: dict[str, Any], port: int, folder: Path) -> subprocess.Popen[bytes]:
    app = demo["apps"][0]
    environment = os.environ | {
        "CRM_BASE_URL": demo["crm_url"],
        "CRM_PORT": str(port),
        "CRM_CLIENT_ID": app["client_id"],
        "CRM_CLIENT_SECRET": app["client_secret"],
        "CRM_WEBHOOK_SECRET": app["webhook_secret"],
        "CRM_DATABASE": str(folder / "crm.db"),
        "CONNECT_BASE_URL": demo["base_url"],
    }
    with (folder / "crm.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "examples.crm"], env=environment, cwd=_ROOT, stdout=log, stderr=log
        )
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            requests.get(f"http://127.0.0.1:{port}/", timeout=2)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return process
    raise RuntimeError((folder / "crm.log").read_text())
