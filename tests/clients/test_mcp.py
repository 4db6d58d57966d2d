"""The OAuth client of the MCP SDK (npm), as hosts of AI agents carry it, against the served platform."""

from __future__ import annotations

import pytest

from tests.clients.conftest import Stage

pytestmark = pytest.mark.needs("node", "node-clients")


@pytest.fixture
def kind() -> str:
    return "public"


def test_an_mcp_client_that_is_registered_finds_the_platform_from_a_401_and_gets_through(stage: Stage) -> None:
    metadata = f"{stage.issuer}/.well-known/oauth-protected-resource"
    assert stage.script("mcp.mjs") == {
        "unauthenticated": [401, {"resourceMetadataUrl": metadata, "scope": "call_log:read"}],
        "foundByAddressAlone": stage.issuer,
        "connected": "AUTHORIZED",
        "found": {"resource": stage.issuer, "issuer": stage.issuer},
        "asked": stage.issuer,
        "client": {"client_id": stage.app.client_id, "issuer": stage.issuer},
        "calls": 2,
        "refreshed": "AUTHORIZED",
        "rotated": True,
        "callsAfterRefresh": 2,
        "readAfterDisconnecting": [401, "invalid_token"],
        "forgot": ["forget tokens"],
        "afterDisconnecting": "REDIRECT",
    }
