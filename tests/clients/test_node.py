"""oauth4webapi, which follows the standards to the letter, and openid-client, the usual choice in Node.js (npm), against the served
platform."""

from __future__ import annotations

import pytest

from connect.core import ids
from tests.clients.conftest import SCOPE, Stage

pytestmark = pytest.mark.needs("node", "node-clients")

STORY = {
    "calls": 2,
    "rotated": True,
    "callsAfterRefresh": 2,
    "readAfterRevoking": [401, "invalid_token"],
    "readAfterDisconnecting": [401, "invalid_token"],
    "refreshAfterDisconnecting": [400, "invalid_grant"],
}


def test_oauth4webapi_connects_reads_refreshes_introspects_revokes_and_sees_the_end(stage: Stage) -> None:
    saw = stage.script("oauth4webapi.mjs")
    seen = saw.pop("introspected")
    assert saw == STORY | {"introspectedAfterRevoking": {"active": False}}
    assert (seen["active"], seen["iss"], seen["scope"]) == (True, stage.issuer, SCOPE)
    assert (seen["client_id"], seen["sub"]) == (stage.app.client_id, ids.encode("acc", stage.app.account_id))


def test_openid_client_connects_reads_refreshes_revokes_and_sees_the_end(stage: Stage) -> None:
    assert stage.script("openid-client.mjs") == STORY
