"""Workers killed with SIGKILL in the middle: no delivery is lost, and what is sent twice has one id."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connect.core import settings as core_settings
from connect.core.settings import seconds
from tests.support import world as worlds
from tests.support.peer import Peer, Request, Send, peer, reply
from tests.support.servers import environment
from tests.support.world import World
from tests.webhooks.office import deliveries as rows
from tests.webhooks.office import end_call, event_id, states, subscribe, webhook_ids

_PROGRAM = (
    "import threading; from connect.core import settings, database; from connect.webhooks import worker; "
    "settings.activate(settings.load()); worker.run(threading.Event())"
)
_ROOT = Path(__file__).parents[2]
_COUNT = 60

pytestmark = pytest.mark.fault


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {
        "egress_loopback": True,
        "egress_total": seconds(2),
        "webhook_lease": seconds(4),
        "webhook_endpoint_in_flight": 10,
    }


@pytest.fixture
def slow() -> Iterator[Peer]:
    """A receiver that takes a moment for each delivery."""

    def answer(_request: Request, send: Send) -> None:
        time.sleep(0.05)
        send(reply())

    with peer(answer=answer) as running:
        yield running


@pytest.fixture
def start_worker(world: World) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts a worker as a process of its own; what is left of them is killed afterwards."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        env = os.environ | environment(replace(core_settings.current()))
        started.append(subprocess.Popen([sys.executable, "-c", _PROGRAM], cwd=_ROOT, env=env))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_a_worker_killed_in_the_middle_loses_no_delivery(
    world: World, slow: Peer, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    worlds.give(world)
    subscribe(world, slow)
    for nth in range(_COUNT):
        end_call(world.account_id, nth)
    for received in (10, 30):
        worker = start_worker()
        _until(lambda received=received: len(slow.requests) >= received)  # type: ignore[misc]
        worker.kill()
        worker.wait()
    start_worker()
    _until(lambda: Counter(states()) == {"delivered": _COUNT})
    told = Counter(webhook_ids(slow.requests))
    assert set(told) == {event_id(row) for row in rows()}
    assert sum(told.values()) <= _COUNT + 2 * 10, "twice at most what was on its way when a worker died"
    assert [row.sequence for row in rows()] == list(range(1, _COUNT + 1))


def _until(true: Callable[[], bool], patience: float = 30) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)
