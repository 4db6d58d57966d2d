"""The served platform, an app that is registered there, and a customer whose calls it may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from connect.core.settings import Settings
from tests.clients import scripts
from tests.clients.customer import Customer
from tests.support import world
from tests.support.fixtures import cheap_hashes
from tests.support.flow import set_password
from tests.support.servers import Server
from tests.support.world import OPTIONAL, REDIRECT_URI, REQUIRED, World

__all__ = ["cheap_hashes"]

SCOPE = " ".join(sorted(REQUIRED | OPTIONAL))


@dataclass(frozen=True)
class Stage:
    """`issuer` is the platform's address, `app` the app with its customer."""

    issuer: str
    app: World
    customer: Customer

    def script(self, name: str, *arguments: str, **changes: Any) -> dict[str, Any]:
        """What a script of `node/` saw, as this app with this customer; `changes` replace what it is told of the app."""
        told: dict[str, Any] = {
            "issuer": self.issuer,
            "clientId": self.app.client_id,
            "clientSecret": self.app.client_secret,
            "redirectUri": REDIRECT_URI,
            "scope": SCOPE,
        }
        customer = self.customer
        answers = {"allow": customer.allow, "deny": customer.deny, "disconnect": customer.disconnect}
        return scripts.run(name, arguments, told | changes, answers)


@pytest.fixture
def kind() -> str:
    """The kind of client that the app is."""
    return "confidential"


@pytest.fixture
def stage(database: ModuleType, settings: Settings, tmp_path: Path, kind: str) -> Iterator[Stage]:
    """On the real server; what seals and delivers does not run beside it."""
    server = Server(settings, tmp_path / "server.log", "web")
    server.start()
    try:
        yield stage_on(server.url, kind)
    finally:
        server.kill()


def stage_on(issuer: str, kind: str, **registered: Any) -> Stage:
    """An app of that kind and a customer, on the platform at `issuer`; `registered` are further fields of its registration."""
    made = world.make(calls=20, kind=kind, **registered)
    set_password(made)
    return Stage(issuer, made, Customer(issuer, made.email))
