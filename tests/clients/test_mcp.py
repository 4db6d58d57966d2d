"""The OAuth client of the MCP SDK (npm), as hosts of AI agents carry it, against the served platform."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps_registry import queries
from apps_registry.queries import AppLine
from tests.clients.conftest import Stage
from tests.support.publisher import Publisher, publisher
from tests.support.world import REDIRECT_URI

pytestmark = pytest.mark.needs("node", "node-clients")


@pytest.fixture
def kind() -> str:
    return "public"


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"egress_loopback": True}


def through(stage: Stage, client: dict[str, Any]) -> dict[str, Any]:
    """What a host sees that gets all the way, as `client`."""
    metadata = f"{stage.issuer}/.well-known/oauth-protected-resource"
    return {
        "unauthenticated": [401, {"resourceMetadataUrl": metadata, "scope": "call_log:read"}],
        "foundByAddressAlone": stage.issuer,
        "connected": "AUTHORIZED",
        "found": {"resource": stage.issuer, "issuer": stage.issuer},
        "asked": stage.issuer,
        "client": client | {"issuer": stage.issuer},
        "calls": 2,
        "refreshed": "AUTHORIZED",
        "rotated": True,
        "callsAfterRefresh": 2,
        "readAfterDisconnecting": [401, "invalid_token"],
        "forgot": ["forget tokens"],
        "afterDisconnecting": "REDIRECT",
    }


def newest() -> AppLine:
    """The app that came last."""
    return queries.apps()[0]


def test_an_mcp_client_that_is_registered_finds_the_platform_from_a_401_and_gets_through(stage: Stage) -> None:
    assert stage.script("mcp.mjs") == through(stage, {"client_id": stage.app.client_id})


def test_an_mcp_client_that_nobody_knows_registers_itself_and_gets_through(stage: Stage) -> None:
    """RFC 7591, by the SDK's own hand: no client id, and no document."""
    saw = stage.script("mcp.mjs", clientId=None, clientSecret=None)
    app, registered = newest(), saw["client"]
    assert saw == through(stage, registered)
    assert (registered["client_id"], app.name, app.origin, app.state) == (
        app.client_id,
        "A host",
        "registration",
        "unverified",
    )
    assert "client_secret" not in registered


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """Where the host's document stands. It runs before the platform does, which then trusts its certificate."""
    with publisher(tmp_path, monkeypatch) as made:
        made.publish(redirect_uris=[REDIRECT_URI], client_name="A host that describes itself")
        yield made


def test_an_mcp_client_that_describes_itself_at_its_own_address_gets_through(site: Publisher, stage: Stage) -> None:
    """A client id metadata document: the SDK takes it before registration where the server's metadata allows it."""
    saw = stage.script("mcp.mjs", clientId=None, clientSecret=None, clientMetadataUrl=site.client_id)
    assert saw == through(stage, {"client_id": site.client_id})
    assert (newest().client_id, newest().origin) == (site.client_id, "document")
    assert site.fetches == 1
