"""The fapi tier at the token endpoint and in the metadata: modules of the OpenID Foundation's suite for FAPI 2.0, each by its name
there, and what else the profile promises."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask

from connect.core import settings
from connect.core.settings import SettingsError, load
from connect.oauth.models import AccessToken, AuthRequest, TokenChain
from tests.oauth.flow import OFFLINE, Flow
from tests.oauth.holder import Holder, with_key
from tests.oauth.look import count, entries
from tests.oauth.test_dpop import refused
from tests.support import world
from tests.support.clock import Clock
from tests.support.threads import Together

MANY = 16


def test_discovery_end_point_verification(fapi: Flow) -> None:
    said = fapi.app.test_client().get("/.well-known/oauth-authorization-server").json
    assert said["issuer"] == settings.current().base_url
    assert said["pushed_authorization_request_endpoint"] == said["issuer"] + "/oauth/par"
    assert said["authorization_response_iss_parameter_supported"] is True
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert {"authorization_code", "refresh_token"} <= set(said["grant_types_supported"])
    for endpoint in ("token", "revocation", "introspection"):
        assert "private_key_jwt" in said[f"{endpoint}_endpoint_auth_methods_supported"]
        algorithms = said[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]
        assert set(algorithms) == set(said["dpop_signing_alg_values_supported"]) >= {"ES256", "PS256", "EdDSA"}


def test_ensure_authorization_code_is_bound_to_client(app: Flask, fapi: Flow) -> None:
    other = with_key(app, Holder(), "Other Traders", profile="fapi")
    code = fapi.code()
    refused(Holder().exchange(other, code), "invalid_grant")
    assert Holder().exchange(fapi, code).status_code == 200


def test_attempt_reuse_authorization_code_after_one_second(fapi: Flow, clock: Clock) -> None:
    code, holder = fapi.code(), Holder()
    token = holder.exchange(fapi, code).json["access_token"]
    clock.move(seconds=1)
    refused(holder.exchange(fapi, code), "invalid_grant")
    clock.move(seconds=2)  # too late for a race: what the first exchange gave ends
    refused(holder.exchange(fapi, code), "invalid_grant")
    assert holder.get(fapi.app, token).status_code == 401


def test_ensure_token_endpoint_fails_with_expired_auth_code(fapi: Flow, clock: Clock) -> None:
    code = fapi.code()
    clock.move(seconds=61)
    refused(Holder().exchange(fapi, code), "invalid_grant")


@pytest.mark.parametrize(("name", "seconds"), [("code_ttl", 61), ("pushed_request_ttl", 600)])
def test_no_setting_lets_codes_and_references_live_longer_than_the_profile_allows(name: str, seconds: int) -> None:
    with pytest.raises(SettingsError, match=name.upper()):
        load(**{name: timedelta(seconds=seconds)})
    load(**{name: timedelta(seconds=seconds - 1)})


def test_a_refresh_leaves_the_refresh_token_as_it_is(fapi: Flow, clock: Clock) -> None:
    """FAPI 2.0 5.3.2.1 (9): rotation has locked customers out, and what is bound to a key is of no use to a thief."""
    holder = Holder()
    first = holder.connect(fapi)
    for days in (0, 20, 20):  # each use keeps the chain from idling
        clock.move(days=days)
        answer = holder.refresh(fapi, first["refresh_token"])
        assert answer.json["refresh_token"] == first["refresh_token"]
        assert set(answer.json["scope"].split()) == OFFLINE
        assert holder.get(fapi.app, answer.json["access_token"]).status_code == 200
    assert count(TokenChain) == 1
    assert [entry["generation"] for entry in entries("refreshed")] == [0, 0, 0]
    clock.move(days=31)
    refused(holder.refresh(fapi, first["refresh_token"]), "invalid_grant")


def test_many_refreshes_at_once_all_succeed_and_the_grant_lives(fapi: Flow, together: Together) -> None:
    holder = Holder()
    token = holder.connect(fapi)["refresh_token"]
    answers = together(*[partial(holder.refresh, fapi, token)] * MANY)
    assert [answer.status_code for answer in answers] == [200] * MANY
    assert {answer.json["refresh_token"] for answer in answers} == {token}
    assert count(AccessToken) == 1 + MANY
    assert all(holder.get(fapi.app, answer.json["access_token"]).status_code == 200 for answer in answers)


def test_a_narrower_scope_narrows_the_access_token_alone(fapi: Flow) -> None:
    holder = Holder()
    token = holder.connect(fapi)["refresh_token"]
    assert holder.refresh(fapi, token, scope="call_log:read").json["scope"] == "call_log:read"
    assert set(holder.refresh(fapi, token).json["scope"].split()) == OFFLINE
    refused(holder.refresh(fapi, token, scope="recordings:read"), "invalid_scope")


def test_a_refresh_token_is_for_its_app_and_its_key(app: Flask, fapi: Flow) -> None:
    other = with_key(app, Holder(), "Other Traders", profile="fapi")
    holder = Holder()
    token = holder.connect(fapi)["refresh_token"]
    refused(holder.refresh(other, token), "invalid_grant")
    refused(Holder().refresh(fapi, token), "invalid_grant")
    refused(fapi.refresh(token), "invalid_dpop_proof")
    assert holder.refresh(fapi, token).status_code == 200


def test_a_refresh_token_that_was_revoked_or_forged_is_of_no_use(fapi: Flow) -> None:
    holder = Holder()
    first = holder.connect(fapi)
    refused(holder.refresh(fapi, first["refresh_token"][:-7] + "AAAAAAA"), "invalid_grant")
    answer = holder.refresh(fapi, first["refresh_token"]).json
    assert fapi.revoke(first["refresh_token"]).status_code == 200
    refused(holder.refresh(fapi, first["refresh_token"]), "invalid_grant")
    for token in (first["access_token"], answer["access_token"]):
        assert holder.get(fapi.app, token).status_code == 401


def test_refreshes_beside_a_revocation_end_with_nothing_that_works(fapi: Flow, together: Together) -> None:
    holder = Holder()
    token = holder.connect(fapi)["refresh_token"]
    answers = together(*[partial(holder.refresh, fapi, token)] * 7, partial(fapi.revoke, token))
    assert {answer.status_code for answer in answers} <= {200, 400}
    for answer in answers[:-1]:
        assert answer.status_code == 400 or holder.get(fapi.app, answer.json["access_token"]).status_code == 401


def test_introspection_says_which_key_it_is_bound_to(fapi: Flow) -> None:
    holder = Holder()
    said = holder.connect(fapi)
    for name in ("access_token", "refresh_token"):
        about: dict[str, Any] = fapi.introspect(said[name])
        assert about["active"] is True
        assert about["cnf"] == {"jkt": holder.jkt}


def test_a_service_of_the_tier_gets_its_own_token_bound(app: Flask) -> None:
    service = with_key(app, Holder(), kind="service", profile="fapi")
    refused(service.alone(), "invalid_dpop_proof")
    holder = Holder()
    said = service.alone(headers=holder.headers()).json
    assert said["token_type"] == "DPoP"
    assert holder.get(app, said["access_token"], "/v1/probe/app").status_code == 200


def test_an_app_of_the_standard_tier_with_a_key_may_ask_directly_and_rotates(keyed: Flow) -> None:
    said = keyed.connect()
    assert said["token_type"] == "Bearer"
    assert keyed.refresh(said["refresh_token"]).json["refresh_token"] != said["refresh_token"]


def test_25_a_direct_request_of_an_app_that_must_push_is_refused_and_kept_nowhere(fapi: Flow) -> None:
    answer = fapi.ask()
    assert "error=invalid_request" in answer.location
    assert count(AuthRequest) == 0
    assert world.REDIRECT_URI in answer.location
