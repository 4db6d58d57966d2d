"""An app with a grant, and a receiver on 127.0.0.1."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from connect.core.settings import seconds
from connect.webhooks import receivers
from tests.support import world as worlds
from tests.support.peer import Peer, peer
from tests.support.world import World
from tests.webhooks.office import Subscription, subscribe


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"egress_loopback": True, "egress_total": seconds(2), "webhook_jitter": 0}


@pytest.fixture
def receiver() -> Iterator[Peer]:
    with peer() as running:
        yield running


@pytest.fixture
def world(database: ModuleType) -> World:
    """An account and an app that it granted nothing yet."""
    receivers.register()
    return worlds.make()


@pytest.fixture
def subscription(world: World, receiver: Peer) -> Subscription:
    """The app's endpoint, and the owner's consent to the required scopes."""
    worlds.give(world)
    return subscribe(world, receiver)
