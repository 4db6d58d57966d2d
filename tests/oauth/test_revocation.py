"""Revocation (checklist 62, RFC 7009) and introspection (63, RFC 7662)."""

from __future__ import annotations

import pytest

from connect.core import database, ids, settings
from connect.grants import services as grants
from tests.oauth.flow import Flow, basic
from tests.oauth.look import entries, grant_id
from tests.support.clock import Clock


def test_62_an_unknown_token_is_a_success(flow: Flow) -> None:
    for token in (ids.token("vta"), ids.token("vtr"), "nonsense", "é", "x" * 3000):
        assert flow.revoke(token).status_code == 200


@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token", "unheard_of"])
def test_62_a_refresh_token_takes_its_access_tokens_with_it_whatever_the_hint(flow: Flow, hint: str | None) -> None:
    """Trap T6: with a wrong hint Authlib answers 200 and revokes nothing."""
    first = flow.connect()
    second = flow.refresh(first["refresh_token"]).json
    assert flow.revoke(second["refresh_token"], token_type_hint=hint).status_code == 200
    assert not flow.works(first["access_token"])
    assert not flow.works(second["access_token"])
    assert flow.refresh(second["refresh_token"]).json["error"] == "invalid_grant"
    [entry] = entries("ended")
    assert (entry["reason"], entry["actor"]) == ("revoked by the app", "app")


@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token"])
def test_62_an_access_token_goes_alone_whatever_the_hint(flow: Flow, hint: str | None) -> None:
    said = flow.connect()
    assert flow.revoke(said["access_token"], token_type_hint=hint).status_code == 200
    assert not flow.works(said["access_token"])
    assert flow.refresh(said["refresh_token"]).status_code == 200
    [entry] = entries("ended")
    assert entry["kind"] == "access"


def test_62_an_earlier_refresh_token_ends_the_chain_as_well(flow: Flow) -> None:
    first = flow.connect()
    second = flow.refresh(first["refresh_token"]).json
    flow.revoke(first["refresh_token"])
    assert not flow.works(second["access_token"])


def test_62_a_public_client_may_revoke_its_own(public: Flow) -> None:
    said = public.connect()
    assert public.revoke(said["refresh_token"]).status_code == 200
    assert not public.works(said["access_token"])


def test_62_a_token_of_another_client_is_refused_and_lives(flow: Flow, other: Flow) -> None:
    said = flow.connect()
    for token in (said["access_token"], said["refresh_token"]):
        answer = other.revoke(token)
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")
    assert flow.works(said["access_token"])


def test_62_revoking_twice_is_one_end(flow: Flow) -> None:
    token = flow.connect()["refresh_token"]
    assert [flow.revoke(token).status_code for _ in range(2)] == [200, 200]
    assert len(entries("ended")) == 1


def test_62_the_grant_stands_when_an_app_gives_its_tokens_back(flow: Flow) -> None:
    flow.revoke(flow.connect()["refresh_token"])
    assert grant_id(flow)


def test_a_request_without_token_or_without_client_is_refused(flow: Flow) -> None:
    for path in ("/oauth/revoke", "/oauth/introspect"):
        assert flow.post(path, {}).json["error"] == "invalid_request"
        assert flow.post(path, {"token": "x"}, headers={}).json["error"] == "invalid_client"
        assert flow.post(path, {"token": "x"}, headers=basic(flow.world.client_id, "wrong")).status_code == 401
        assert flow.app.test_client().get(path).status_code == 405


def test_63_an_app_sees_its_own_tokens(flow: Flow) -> None:
    said = flow.connect()
    seen = flow.introspect(said["access_token"])
    assert seen["active"] is True
    assert seen["scope"] == said["scope"]
    assert seen["client_id"] == flow.world.client_id
    assert seen["sub"] == ids.encode("acc", flow.world.account_id)
    assert seen["grant_id"] == said["grant_id"]
    assert seen["iss"] == settings.current().base_url
    assert seen["exp"] - seen["iat"] == 900
    assert seen["token_type"] == "Bearer"


def test_63_a_refresh_token_is_active_while_it_is_the_newest(flow: Flow) -> None:
    first = flow.connect()
    assert flow.introspect(first["refresh_token"])["active"]
    second = flow.refresh(first["refresh_token"]).json
    assert flow.introspect(first["refresh_token"]) == {"active": False}
    assert flow.introspect(second["refresh_token"])["active"]


def test_63_a_token_for_the_app_alone_has_no_customer(flow: Flow) -> None:
    seen = flow.introspect(flow.alone().json["access_token"])
    assert seen["sub"] == flow.world.client_id
    assert "grant_id" not in seen


def test_63_strangers_learn_nothing(flow: Flow, other: Flow, public: Flow) -> None:
    said = flow.connect()
    for token in (said["access_token"], said["refresh_token"]):
        assert other.introspect(token) == {"active": False}
    answer = public.post("/oauth/introspect", {"token": said["access_token"]})
    assert answer.json["error"] == "invalid_client"


def test_63_what_has_ended_is_not_active(flow: Flow, clock: Clock) -> None:
    expired = flow.connect()
    clock.move(seconds=901)
    revoked, ended = flow.connect(), flow.connect()
    flow.revoke(revoked["access_token"])
    assert flow.introspect(ended["access_token"])["active"]
    with database.unit_of_work() as session:
        grants.revoke(session, flow.world.account_id, grant_id(flow), flow.world.actor)
    tokens = [expired["access_token"], revoked["access_token"], ended["access_token"], ended["refresh_token"]]
    for token in [*tokens, ids.token("vta"), "nonsense"]:
        assert flow.introspect(token) == {"active": False}


def test_63_a_paused_grant_is_named(flow: Flow) -> None:
    token = flow.connect()["access_token"]
    with database.unit_of_work() as session:
        grants.pause(session, flow.world.account_id, grant_id(flow), flow.world.actor)
    assert flow.introspect(token)["grant_state"] == "paused"
