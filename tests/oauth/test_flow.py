"""The whole flow once, as the first thing that has to work."""

from __future__ import annotations

from connect.core import settings
from tests.oauth.flow import OFFLINE, Flow, query


def test_an_app_is_consented_to_and_gets_tokens_that_it_can_refresh(flow: Flow) -> None:
    back = query(flow.allow(flow.request_id()))
    assert back["state"] == "the state"
    assert back["iss"] == settings.current().base_url
    first = flow.exchange(back["code"])
    assert first.status_code == 200
    said = first.json
    assert said["token_type"] == "Bearer"
    assert said["expires_in"] == 900
    assert set(said["scope"].split()) == OFFLINE
    assert flow.works(said["access_token"])
    second = flow.refresh(said["refresh_token"])
    assert second.status_code == 200, second.json
    assert second.json["refresh_token"] != said["refresh_token"]
    assert flow.works(second.json["access_token"])
