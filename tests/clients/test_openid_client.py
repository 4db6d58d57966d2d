"""openid-client (npm), the usual choice of an app in Node.js, against the served platform."""

from __future__ import annotations

import pytest

from tests.clients.conftest import Stage

pytestmark = pytest.mark.needs("node", "node-clients")


def test_openid_client_connects_reads_refreshes_revokes_and_sees_the_end(stage: Stage) -> None:
    assert stage.script("openid-client.mjs") == {
        "calls": 2,
        "rotated": True,
        "callsAfterRefresh": 2,
        "readAfterRevoking": [401, "invalid_token"],
        "readAfterDisconnecting": [401, "invalid_token"],
        "refreshAfterDisconnecting": [400, "invalid_grant"],
    }
