"""The authorization code at the token endpoint (checklist 35-39)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from apps_registry import queries as apps
from apps_registry import steps
from apps_registry.details import Asked
from apps_registry.lifecycle import Party
from connect.core import actor, database, ids, mail
from connect.core import clock as core_clock
from connect.grants import services as grants
from connect.oauth.models import AccessToken, TokenChain
from connect.oauth.queries import reconnect_needed
from connect.scopes.terms import Terms
from tests.oauth.flow import OFFLINE, Flow, query
from tests.oauth.look import count, entries, grant_id
from tests.support import registry, world
from tests.support.clock import Clock
from tests.support.world import REQUIRED


def test_35_a_code_of_another_client_is_invalid_grant(flow: Flow, other: Flow) -> None:
    code = flow.code()
    answer = other.exchange(code)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")
    assert flow.exchange(code).status_code == 200  # a stranger's try spends nothing


def test_36_a_code_older_than_a_minute_is_invalid_grant(flow: Flow, clock: Clock) -> None:
    young, old = flow.code(), flow.code()
    clock.move(seconds=45)
    assert flow.exchange(young).status_code == 200
    clock.move(seconds=15)
    assert flow.exchange(old).json["error"] == "invalid_grant"
    assert count(TokenChain) == 1


def test_37_a_second_use_ends_what_the_first_began(flow: Flow, clock: Clock) -> None:
    """Trap T3: with Authlib's own redemption the first tokens live on."""
    code = flow.code()
    first = flow.exchange(code).json
    clock.move(seconds=5)
    second = flow.exchange(code)
    assert (second.status_code, second.json["error"]) == (400, "invalid_grant")
    assert not flow.works(first["access_token"])
    assert flow.refresh(first["refresh_token"]).json["error"] == "invalid_grant"
    [entry] = entries("ended")
    assert entry["reason"] == "authorization code used twice"


def test_37_a_second_use_is_seen_for_a_day(flow: Flow, clock: Clock) -> None:
    code = flow.code()
    first = flow.exchange(code).json
    clock.move(hours=23)
    again = flow.refresh(first["refresh_token"]).json
    assert flow.works(again["access_token"])
    flow.exchange(code)
    assert not flow.works(again["access_token"])


def test_37_the_customer_and_the_developers_are_told_and_the_grant_stands(flow: Flow, clock: Clock) -> None:
    team_id = apps.app_page(flow.world.app_id).team_id
    registry.person("dev@neem.example", ("developer", {"team_id": team_id}))
    said = flow.connect()
    code = flow.code()
    spent = flow.exchange(code).json
    clock.move(seconds=5)
    flow.exchange(code)
    assert {letter.recipient for letter in mail.newest() if letter.kind == "token theft"} == {
        flow.world.email,
        "dev@neem.example",
    }
    assert flow.works(said["access_token"])  # another chain of the same grant
    assert not flow.works(spent["access_token"])
    assert reconnect_needed(flow.world.account_id) == {grant_id(flow)}
    flow.connect()
    assert not reconnect_needed(flow.world.account_id)


def test_37_only_a_use_that_could_have_been_the_first_counts(flow: Flow, other: Flow, clock: Clock) -> None:
    """A stranger who saw the code in a log, or guesses verifiers, cannot end anything."""
    code = flow.code()
    first = flow.exchange(code).json
    clock.move(seconds=5)
    other.exchange(code)
    flow.exchange(code, code_verifier="x" * 43)
    flow.exchange(code, redirect_uri="https://crm.example/other")
    assert flow.works(first["access_token"])


class TestSameMoment:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        """A long moment, so that a busy machine is not taken for a thief."""
        return {"code_race_window": timedelta(seconds=30)}

    def test_38_a_second_use_at_the_same_moment_ends_nothing(self, flow: Flow) -> None:
        code = flow.code()
        first = flow.exchange(code).json
        assert flow.exchange(code).json["error"] == "invalid_grant"
        assert flow.works(first["access_token"])
        assert count(AccessToken) == 1


def test_39_a_wrong_or_missing_verifier_is_refused_and_spends_nothing(flow: Flow) -> None:
    code = flow.code()
    assert flow.exchange(code, code_verifier="x" * 43).json["error"] == "invalid_grant"
    assert flow.exchange(code, code_verifier=None).json["error"] == "invalid_request"
    for malformed in ("short", "x" * 129, "é" * 43, "x" * 42 + '"'):
        assert flow.exchange(code, code_verifier=malformed).json["error"] == "invalid_request", malformed
    assert flow.exchange(code).status_code == 200


def test_39_confidential_and_public_clients_alike_need_the_verifier(flow: Flow, public: Flow) -> None:
    """Trap T1: Authlib asks public clients alone, and takes `plain`."""
    for each in (flow, public):
        assert each.exchange(each.code(), code_verifier=None).json["error"] == "invalid_request"


def test_the_redirect_uri_of_the_request_has_to_be_named_again(flow: Flow) -> None:
    code = flow.code()
    for uri in (None, "https://crm.example/callback/", "https://evil.example/"):
        assert flow.exchange(code, redirect_uri=uri).json["error"] == "invalid_grant"
    assert flow.exchange(code).status_code == 200


def test_a_public_client_exchanges_with_its_client_id_alone(public: Flow) -> None:
    assert public.works(public.connect()["access_token"])


def test_what_the_customer_left_out_is_in_no_token(flow: Flow) -> None:
    """Trap T2: with Authlib's documented flow an unticked scope is stored in the code."""
    asked = " ".join(sorted(OFFLINE | {"call_log.numbers:read"}))
    said = flow.connect(REQUIRED, scope=asked)
    assert set(said["scope"].split()) == REQUIRED
    assert "refresh_token" not in said
    assert flow.introspect(said["access_token"])["scope"] == said["scope"]


def test_what_an_earlier_consent_gave_is_not_in_a_code_that_did_not_ask_for_it(flow: Flow) -> None:
    flow.connect(OFFLINE)
    said = flow.connect(OFFLINE, scope="numbers:read")
    assert said["scope"] == "numbers:read"


def test_without_offline_access_there_is_no_refresh_token(flow: Flow) -> None:
    assert "refresh_token" not in flow.connect(OFFLINE, scope="call_log:read")
    assert "refresh_token" in flow.connect(OFFLINE)


def test_a_code_dies_with_the_grant_and_with_the_app(flow: Flow, other: Flow) -> None:
    code = flow.code()
    with database.unit_of_work() as session:
        grants.revoke(session, flow.world.account_id, grant_id(flow), flow.world.actor)
    answer = flow.exchange(code)
    assert answer.json["error"] == "invalid_grant"
    assert "revoked" in answer.json["error_description"]
    code = other.code()
    with database.unit_of_work() as session:
        steps.suspend(session, other.world.app_id, "It misled customers.", actor.SYSTEM, Party.REVIEWER)
    assert other.exchange(code).json["error"] == "unauthorized_client"


def test_what_was_narrowed_away_since_is_in_no_token(flow: Flow) -> None:
    codes = [flow.code(scope="call_log:read numbers:read"), flow.code(scope="numbers:read")]
    with database.unit_of_work() as session:
        grant = grants.live_of_app(session, flow.world.account_id, flow.world.app_id)
        assert grant is not None
        left = frozenset({"call_log:read", "offline_access"})
        grants.narrow(session, flow.world.account_id, grant.id, flow.world.actor, left, Terms.from_json(grant.terms))
    assert flow.exchange(codes[0]).json["scope"] == "call_log:read"
    assert flow.exchange(codes[1]).json["error"] == "invalid_grant"


def test_a_token_with_a_restricted_scope_lives_five_minutes(flow: Flow) -> None:
    asked = (Asked("call_log:read", True, "Lists."), Asked("transcripts:read", False, "Reads what was said."))
    restricted = Flow(flow.app, world.make(name="Audio Traders", asked=asked))
    for scope, life in (("call_log:read transcripts:read", 300), ("call_log:read", 900)):
        asked_for = restricted.request_id(scope=scope)
        back = restricted.allow(asked_for, scope.split(), numbers=(ids.encode("num", ids.new()),))
        assert restricted.exchange(query(back)["code"]).json["expires_in"] == life


def test_a_token_never_outlives_its_grant(flow: Flow) -> None:
    back = flow.allow(flow.request_id(), OFFLINE, expires_at=core_clock.now() + timedelta(minutes=5))
    assert 0 < flow.exchange(query(back)["code"]).json["expires_in"] <= 300


def test_the_ledger_says_who_got_which_token(flow: Flow) -> None:
    flow.connect()
    [entry] = entries("issued")
    assert entry["app"] == ids.encode("app", flow.world.app_id)
    assert entry["account"] == ids.encode("acc", flow.world.account_id)
    assert entry["grant"] == ids.encode("grant", grant_id(flow))
    assert entry["person"] == ids.encode("psn", flow.world.person_id)
    assert entry["token"].startswith("tok_")
    assert entry["request_id"].startswith("req_")
    assert entry["client_auth"] == "client_secret_basic"
    assert entry["scopes"] == sorted(OFFLINE)
