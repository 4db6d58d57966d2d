"""The protector of the API (checklist 59-61): what a token opens, and why one no longer does."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from apps_registry import clients, steps, versions
from apps_registry import services as registry
from apps_registry.details import Asked
from apps_registry.lifecycle import Party
from connect.core import actor, database, ids, settings
from connect.core import clock as core_clock
from connect.grants import services as grants
from connect.oauth import access
from connect.scopes.terms import Terms
from tests.oauth.flow import OFFLINE, Flow, slug
from tests.oauth.look import grant_id
from tests.support import world
from tests.support.clock import Clock
from tests.support.world import REQUIRED

METADATA = "/.well-known/oauth-protected-resource"


def refused(answer: Any, status: int, kind: str) -> dict[str, Any]:
    """The problem of a refusal, its challenge checked."""
    assert (answer.status_code, slug(answer)) == (status, kind), answer.json
    assert answer.mimetype == "application/problem+json"
    if kind != "grant-paused":
        challenge = answer.headers["WWW-Authenticate"]
        assert challenge.startswith(("Bearer ", "DPoP "))
        assert f'resource_metadata="{settings.current().base_url}{METADATA}"' in challenge
    return answer.json


def test_a_token_opens_what_it_has_the_scopes_for(flow: Flow) -> None:
    said = flow.get("/v1/probe/calls", flow.connect()["access_token"]).json
    assert said["account"] == ids.encode("acc", flow.world.account_id)
    assert said["grant"] == ids.encode("grant", grant_id(flow))
    assert said["client_id"] == flow.world.client_id
    assert set(said["scope"].split()) == OFFLINE


def test_the_rights_of_a_request_are_one_query(flow: Flow, count_queries: Any) -> None:
    token = flow.connect()["access_token"]
    flow.get("/v1/probe", token)
    with count_queries() as queries:
        assert flow.get("/v1/probe", token).status_code == 200
    assert len([query for query in queries if "access_token" in query]) == 1
    assert len(queries) == 1


def test_59_without_a_token_the_challenge_names_no_error(flow: Flow) -> None:
    answer = flow.app.test_client().get("/v1/probe/calls")
    refused(answer, 401, "not-authenticated")
    challenge = answer.headers["WWW-Authenticate"]
    assert "error" not in challenge
    assert 'scope="call_log:read"' in challenge


def test_59_a_token_in_the_query_or_the_body_is_not_looked_at(flow: Flow) -> None:
    token, client = flow.connect()["access_token"], flow.app.test_client()
    refused(client.get(f"/v1/probe?access_token={token}"), 401, "not-authenticated")
    refused(client.get("/v1/probe", data={"access_token": token}), 401, "not-authenticated")


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer"])
def test_the_case_of_the_scheme_does_not_matter(flow: Flow, scheme: str) -> None:
    token = flow.connect()["access_token"]
    answer = flow.app.test_client().get("/v1/probe", headers={"Authorization": f"{scheme} {token}"})
    assert answer.status_code == 200


def test_59_what_is_no_token_of_ours_is_401(flow: Flow) -> None:
    said = flow.connect()
    odd = [
        ids.token("vta"),
        said["refresh_token"],
        said["access_token"][:-1],
        "vta_",
        "é",
        "a b",
        "vta_" + "x" * 4000,
        '"',
    ]
    for token in odd:
        refused(flow.get("/v1/probe", token), 401, "not-authenticated")
    for header in ("Bearer", "Basic abc", "x", "DPoP abc"):
        answer = flow.app.test_client().get("/v1/probe", headers={"Authorization": header})
        refused(answer, 401, "not-authenticated")


def test_59_an_expired_token_is_401_and_says_so(flow: Flow, clock: Clock) -> None:
    token = flow.connect()["access_token"]
    clock.move(seconds=880)
    assert flow.works(token)
    clock.move(seconds=20)
    refused(flow.get("/v1/probe", token), 401, "token-expired")


def test_59_a_revoked_token_is_401_and_says_so(flow: Flow) -> None:
    token = flow.connect()["access_token"]
    flow.revoke(token)
    refused(flow.get("/v1/probe", token), 401, "token-revoked")


def test_60_a_missing_scope_is_403_that_names_it(flow: Flow) -> None:
    """Trap T11: Authlib answers 403 without a challenge."""
    answer = flow.get("/v1/probe/both", flow.connect()["access_token"])
    said = refused(answer, 403, "insufficient-scope")
    assert said["missing"] == ["call_log.numbers:read"]
    assert said["scope"] == "call_log.numbers:read call_log:read"
    challenge = answer.headers["WWW-Authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert 'scope="call_log.numbers:read call_log:read"' in challenge
    assert "The customer has not granted" in said["detail"]


def test_60_the_words_tell_a_token_that_did_not_ask_from_a_customer_who_did_not_grant(flow: Flow) -> None:
    flow.connect()
    token = flow.connect(OFFLINE, scope="numbers:read")["access_token"]
    assert "was not asked to have" in refused(flow.get("/v1/probe/calls", token), 403, "insufficient-scope")["detail"]


def test_two_scopes_are_both_needed(flow: Flow) -> None:
    """Trap T7: a list of scopes is an OR in Authlib."""
    scopes = REQUIRED | {"call_log.numbers:read"}
    token = flow.connect(scopes, scope=" ".join(sorted(scopes)))["access_token"]
    assert flow.get("/v1/probe/both", token).status_code == 200


def test_61_a_revocation_holds_on_the_next_call_and_names_who_and_when(flow: Flow) -> None:
    token = flow.connect()["access_token"]
    with database.unit_of_work() as session:
        grants.revoke(session, flow.world.account_id, grant_id(flow), flow.world.actor)
    said = refused(flow.get("/v1/probe", token), 401, "grant-ended")
    day = f"{core_clock.now():%Y-%m-%d}"
    assert said["detail"] == f"The customer revoked this grant on {day}."
    assert said["ended_at"].startswith(day)


def test_61_a_revocation_by_the_platform_gives_its_reason(flow: Flow) -> None:
    token = flow.connect()["access_token"]
    with database.unit_of_work() as session:
        grants.revoke(session, flow.world.account_id, grant_id(flow), actor.operator(), "a complaint")
    said = refused(flow.get("/v1/probe", token), 401, "grant-ended")
    assert "The platform revoked" in said["detail"]
    assert "a complaint" in said["detail"]


def test_an_expired_grant_is_401_before_any_job_has_written_it_down(flow: Flow, clock: Clock) -> None:
    back = flow.connect()
    with database.unit_of_work() as session:
        grant = grants.live_of_app(session, flow.world.account_id, flow.world.app_id)
        assert grant is not None
        grant.expires_at = core_clock.now()
    assert "expired on" in refused(flow.get("/v1/probe", back["access_token"]), 401, "grant-ended")["detail"]


def test_a_suspended_app_is_401_by_its_row_alone_and_says_why(flow: Flow) -> None:
    token = flow.connect()["access_token"]
    with database.unit_of_work() as session:
        steps.suspend(session, flow.world.app_id, "It misled customers: “quotes” too.", actor.SYSTEM, Party.REVIEWER)
    said = refused(flow.get("/v1/probe", token), 401, "app-suspended")
    assert "It misled customers: “quotes” too." in said["detail"]
    with database.unit_of_work() as session:
        steps.reinstate(session, flow.world.app_id, "", actor.SYSTEM, Party.REVIEWER)
    assert flow.works(token)


def test_a_paused_grant_is_403_until_it_is_resumed(flow: Flow) -> None:
    token = flow.connect()["access_token"]
    with database.unit_of_work() as session:
        grants.pause(session, flow.world.account_id, grant_id(flow), flow.world.actor)
    refused(flow.get("/v1/probe", token), 403, "grant-paused")
    with database.unit_of_work() as session:
        grants.resume(session, flow.world.account_id, grant_id(flow), flow.world.actor)
    assert flow.works(token)


def test_a_narrowed_grant_binds_the_tokens_that_are_out(flow: Flow) -> None:
    token = flow.connect()["access_token"]
    with database.unit_of_work() as session:
        grant = grants.live_of_app(session, flow.world.account_id, flow.world.app_id)
        assert grant is not None
        left = frozenset({"numbers:read", "offline_access"})
        grants.narrow(session, flow.world.account_id, grant.id, flow.world.actor, left, Terms.from_json(grant.terms))
    refused(flow.get("/v1/probe/calls", token), 403, "insufficient-scope")
    said = flow.get("/v1/probe", token).json
    assert set(said["scope"].split()) == left
    assert said["grant_version"] == 2


def test_a_version_that_asks_for_less_binds_the_tokens_that_are_out(flow: Flow) -> None:
    token = flow.connect()["access_token"]
    with database.unit_of_work() as session:
        versions.add_version(session, flow.world.app_id, [Asked("numbers:read", True, "Lists lines.")], actor.SYSTEM)
    said = refused(flow.get("/v1/probe/calls", token), 403, "insufficient-scope")
    assert "version in force" in said["detail"]


class TestUnderTest:
    """An app that is not published works for sandbox accounts and its testers."""

    @pytest.fixture
    def testing(self, app: Flask) -> Flow:
        return Flow(app, world.make(publish=False))

    def test_it_works_for_a_tester_and_stops_when_they_are_taken_off(self, testing: Flow) -> None:
        made = testing.world
        with database.unit_of_work() as session:
            registry.add_tester(session, made.app_id, made.account_id, actor.SYSTEM)
        token = testing.connect()["access_token"]
        assert testing.get("/v1/probe/calls", token).status_code == 200
        with database.unit_of_work() as session:
            registry.remove_tester(session, made.app_id, made.account_id, actor.SYSTEM)
        refused(testing.get("/v1/probe/calls", token), 403, "insufficient-scope")

    def test_the_query_agrees_with_the_registry_about_who_may_connect(self, testing: Flow) -> None:
        token = testing.connect()["access_token"]
        client = clients.find_client(testing.world.client_id)
        assert client is not None
        assert not clients.may_connect(client, testing.world.account_id, "customer")
        with database.read() as connection:
            found = access.find(connection, token)
        assert found is not None
        assert not found.effective


class TestLimits:
    @pytest.fixture
    def overrides(self) -> dict[str, str]:
        return {"api_rate": "3/minute", "address_rate": "6/minute"}

    def test_an_app_is_limited_per_account(self, flow: Flow) -> None:
        token = flow.connect()["access_token"]
        assert [flow.get("/v1/probe", token).status_code for _ in range(4)] == [200, 200, 200, 429]

    def test_an_address_is_limited_before_its_token_is_looked_at(self, flow: Flow, count_queries: Any) -> None:
        statuses = [flow.get("/v1/probe", "vta_x").status_code for _ in range(7)]
        assert statuses == [401] * 6 + [429]
        with count_queries() as queries:
            assert flow.get("/v1/probe", ids.token("vta")).status_code == 429
        assert not [query for query in queries if "access_token" in query]
