"""oauth4webapi, which follows the standards to the letter, and openid-client, the usual choice in Node.js (npm), against the served
platform."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from apps_registry.keys import Keys
from connect.core import ids
from tests.clients.conftest import SCOPE, Stage, stage_on
from tests.oauth.holder import Holder
from tests.support.servers import LiveServer

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
    saw = stage.script("story.mjs", "./oauth4webapi.mjs")
    seen = saw.pop("introspected")
    assert saw == STORY | {"introspectedAfterRevoking": {"active": False}}
    assert (seen["active"], seen["iss"], seen["scope"]) == (True, stage.issuer, SCOPE)
    assert (seen["client_id"], seen["sub"]) == (stage.app.client_id, ids.encode("acc", stage.app.account_id))


def test_oauth4webapi_pushes_its_requests(stage: Stage) -> None:
    assert stage.script("story.mjs", "./oauth4webapi-pushed.mjs") == STORY


@pytest.mark.parametrize(
    "overrides", [{"dpop_nonce": "never"}, {"dpop_nonce": "always"}], ids=["plain", "with a nonce"]
)
def test_oauth4webapi_binds_its_tokens_to_a_key(stage: Stage) -> None:
    saw = stage.script("story.mjs", "./oauth4webapi-dpop.mjs")
    seen = saw.pop("introspected")
    assert saw == STORY | {"introspectedAfterRevoking": {"active": False}}
    assert seen["token_type"] == "DPoP"
    assert len(seen["cnf"]["jkt"]) == 43


@pytest.mark.parametrize("overrides", [{"dpop_nonce": "never"}, {"dpop_nonce": "fapi"}], ids=["plain", "with a nonce"])
def test_oauth4webapi_keeps_to_the_security_profile_of_fapi_2(stage: Stage) -> None:
    holder = Holder(kid="2026-11")
    fapi = stage_on(stage.issuer, "confidential", profile="fapi", keys=Keys({"keys": [holder.jwk]}))
    private = {**holder.key.as_dict(private=True), "kid": holder.kid}
    saw = fapi.script("story.mjs", "./oauth4webapi-fapi.mjs", clientKey=private)
    seen = saw.pop("introspected")
    assert saw == STORY | {"rotated": False, "introspectedAfterRevoking": {"active": False}}
    assert (seen["token_type"], len(seen["cnf"]["jkt"])) == ("DPoP", 43)


class TestDevice:
    @pytest.fixture
    def kind(self) -> str:
        return "device"

    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"device_poll_interval": timedelta(seconds=2)}

    def test_oauth4webapi_connects_a_device(self, stage: Stage) -> None:
        assert stage.script("story.mjs", "./oauth4webapi-device.mjs") == STORY

    def test_a_device_understands_every_no(self, stage: Stage) -> None:
        assert stage.script("device-refusals.mjs") == {
            "waiting": [400, "authorization_pending"],
            "tooEarly": [400, "slow_down"],
            "thePersonSaysNo": [400, "access_denied"],
            "unknown": [400, "invalid_grant"],
        }


def test_openid_client_connects_reads_refreshes_revokes_and_sees_the_end(stage: Stage) -> None:
    assert stage.script("story.mjs", "./openid-client.mjs") == STORY


@pytest.mark.parametrize("library", ["oauth4webapi", "openid-client"])
def test_a_client_in_node_understands_every_no(live_server: LiveServer, library: str) -> None:
    stage = stage_on(live_server.url, "confidential")
    assert stage.script("refusals.mjs", f"./{library}.mjs") == {
        "thePersonSaysNo": ["AuthorizationResponseError", "access_denied"],
        "readWithoutTheScope": [403, "insufficient_scope"],
        "readWithAForgedToken": [401, "invalid_token"],
        "refreshWithAForgedToken": [400, "invalid_grant"],
        "revokeOfAForgedToken": "no refusal",
    }
