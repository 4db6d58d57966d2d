"""What one of several processes does to the same requests of a device: `python -c "from tests.oauth.race import main; main()"`.

It reads its task as a line of JSON, does it when all are ready, and prints how often it was the one.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any
from uuid import UUID

import orjson

from connect.app import create_app
from connect.core import actor, database
from connect.grants import services as grants
from connect.grants.errors import GrantMoved
from connect.oauth.requests import AlreadyDecided
from tests.oauth.device import Device, error
from tests.oauth.flow import Flow
from tests.support.client import PlatformClient
from tests.support.world import World

PROGRAM = "from tests.oauth.race import main; main()"
Told = dict[str, Any]


def task(device: Device, told: list[Told], act: str) -> str:
    """A line of input: do `act` to each of the requests."""
    world = device.flow.world
    ids = {name: str(getattr(world, name)) for name in ("account_id", "person_id", "app_id", "app_version_id")}
    return orjson.dumps(
        {"ids": ids, "email": world.email, "client_id": world.client_id, "told": told, "act": act}
    ).decode()


def main() -> None:
    app = create_app()
    app.test_client_class = PlatformClient
    print("ready", flush=True)
    given = orjson.loads(sys.stdin.readline())
    ids = {name: UUID(text) for name, text in given["ids"].items()}
    device = Device(Flow(app, World(**ids, email=given["email"], client_id=given["client_id"], client_secret=None)))
    did: Counter[str] = Counter()
    for told in given["told"]:
        _ACTS[given["act"]](device, told, did)
    print(orjson.dumps(did).decode())


def _poll(device: Device, told: Told, did: Counter[str]) -> Told | None:
    answer = device.poll(told)
    did["tokens" if answer.status_code == 200 else error(answer)] += 1
    return answer.json if answer.status_code == 200 else None


def _answer_and_poll(device: Device, told: Told, did: Counter[str]) -> None:
    """A poll before the answer, the answer, a poll after it."""
    _poll(device, told, did)
    while True:
        try:
            device.allow(told)
            did["answered"] += 1
            break
        except AlreadyDecided:
            break
        except GrantMoved:  # another process gave the same grant for another request in between
            continue
    _poll(device, told, did)


def _poll_and_revoke(device: Device, told: Told, did: Counter[str]) -> None:
    """Whoever gets tokens has the customer revoke the grant at once, and looks whether they still open anything."""
    said = _poll(device, told, did)
    if said is None:
        return
    world = device.flow.world
    with database.unit_of_work() as session:
        live = grants.live_of_app(session, world.account_id, world.app_id)
        assert live is not None
        grants.revoke(session, world.account_id, live.id, actor.person(world.person_id))
    did["read refused"] += device.flow.get("/v1/calls", said["access_token"]).status_code == 401
    did["refresh refused"] += device.flow.refresh(said["refresh_token"]).status_code == 400


_ACTS = {"answer and poll": _answer_and_poll, "poll": _poll, "poll and revoke": _poll_and_revoke}
