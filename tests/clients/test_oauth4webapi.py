"""oauth4webapi (npm), which follows the standards to the letter, against the served platform."""

from __future__ import annotations

import pytest

from connect.core import ids
from tests.clients.conftest import SCOPE, Stage

pytestmark = pytest.mark.needs("node", "node-clients")


def test_oauth4webapi_connects_reads_refreshes_introspects_revokes_and_sees_the_end(stage: Stage) -> None:
    saw = stage.script("oauth4webapi.mjs")
    seen = saw.pop("introspected")
    assert (seen["active"], seen["iss"], seen["scope"]) == (True, stage.issuer, SCOPE)
    assert (seen["client_id"], seen["sub"]) == (stage.app.client_id, ids.encode("acc", stage.app.account_id))
    assert saw == {
        "calls": 2,
        "rotated": True,
        "callsAfterRefresh": 2,
        "readAfterRevoking": [401, "invalid_token"],
        "introspectedAfterRevoking": {"active": False},
        "readAfterDisconnecting": [401, "invalid_token"],
        "refreshAfterDisconnecting": [400, "invalid_grant"],
    }
