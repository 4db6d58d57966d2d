"""The server is killed under load, twice: whatever an app received is in the log, once, and sealed; the log holds."""

from __future__ import annotations

import threading
import time
from types import ModuleType

import pytest
import requests
from flask import Flask
from sqlalchemy import func, select

from connect.core import database as core_database
from connect.ledger import models
from connect.ledger.check import check
from tests.support import world
from tests.support.flow import Flow
from tests.support.servers import Server

READERS = 6
SECONDS_BETWEEN_KILLS = 1.5


@pytest.mark.fault
def test_what_an_app_received_before_the_kill_is_in_the_log_once(
    database: ModuleType, app: Flask, server: Server
) -> None:
    flow = Flow(app, world.make(calls=30))
    flow.connect()
    headers = {"Authorization": f"Bearer {flow.tokens['access_token']}"}
    acknowledged: set[str] = set()
    stop = threading.Event()
    readers = [threading.Thread(target=_read, args=(server.url, headers, acknowledged, stop)) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for _ in range(2):
        time.sleep(SECONDS_BETWEEN_KILLS)
        server.kill()
        server.start()
    time.sleep(SECONDS_BETWEEN_KILLS)
    stop.set()
    for reader in readers:
        reader.join()
    _wait_until_sealed()
    assert len(acknowledged) > 20
    assert _sealed(acknowledged) == len(acknowledged)
    with core_database.read() as connection:
        assert check(connection).findings == []


def _read(url: str, headers: dict[str, str], acknowledged: set[str], stop: threading.Event) -> None:
    with requests.Session() as session:
        while not stop.is_set():
            try:
                answer = session.get(f"{url}/v1/calls?limit=5", headers=headers, timeout=10)
            except requests.RequestException:
                time.sleep(0.02)
                continue
            if answer.status_code == 200 and answer.json():
                acknowledged.add(answer.headers["Request-Id"])


def _wait_until_sealed() -> None:
    waiting = select(func.count()).select_from(models.pending)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with core_database.read() as connection:
            if not connection.scalar(waiting):
                return
        time.sleep(0.1)
    raise AssertionError("the sealer did not finish")


def _sealed(request_ids: set[str]) -> int:
    """How many leaves stand for entries of these requests."""
    entry, leaf = models.entry.c, models.leaf.c
    joined = models.entry.join(models.leaf, leaf.entry_id == entry.id)
    with core_database.read() as connection:
        return connection.scalar(select(func.count()).select_from(joined).where(entry.request_id.in_(request_ids))) or 0
