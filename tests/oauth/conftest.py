"""An app and a customer, before each test of the authorization server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.oauth import probe
from tests.oauth.device import Device
from tests.oauth.flow import Flow
from tests.oauth.holder import Holder, with_key
from tests.support import processes, threads, world
from tests.support.threads import Together


@pytest.fixture
def overrides() -> dict[str, Any]:
    """Without limits, so that many requests from one address are not the subject unless a test makes them so."""
    return {"token_rate": "", "token_failure_rate": "", "api_rate": "", "address_rate": ""}


@pytest.fixture
def extra_routes() -> tuple[Callable[[Flask], None], ...]:
    """A few protected views of the tests' own."""
    return (probe.install,)


@pytest.fixture
def flow(app: Flask) -> Flow:
    """A confidential app."""
    return Flow(app, world.make())


@pytest.fixture
def public(app: Flask) -> Flow:
    """A public app, which has no secret."""
    return Flow(app, world.make(kind="public", name="Other Traders"))


@pytest.fixture
def keyed(app: Flask) -> Flow:
    """A confidential app that proves who it is with a key."""
    return with_key(app, Holder(kid="first"))


@pytest.fixture
def fapi(app: Flask) -> Flow:
    """An app of the fapi tier."""
    return with_key(app, Holder(kid="first"), profile="fapi")


@pytest.fixture
def other(app: Flask) -> Flow:
    """Another confidential app, of another team, with another customer."""
    return Flow(app, world.make(name="Third Traders"))


@pytest.fixture
def device(app: Flask) -> Device:
    """An app of the kind device, which has neither secret nor redirect URI."""
    return Device(Flow(app, world.make(kind="device", name="Fourth Traders")))


@pytest.fixture
def together(dialect: str) -> Together:
    """Makes calls at the same moment; what each returned or raised, in their order.

    On PostgreSQL each in a process of its own; on SQLite, which one process writes, in threads.
    """
    return processes.together if dialect == "postgresql" else threads.together
