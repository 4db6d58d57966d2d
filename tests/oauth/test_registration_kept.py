"""A registration is looked at, changed and ended by the app itself (RFC 7592), or cleared away when nobody uses it."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import select

from apps_registry import queries, steps
from apps_registry.lifecycle import Party
from apps_registry.models import ClientRegistration
from connect.core import actor, database, limits
from connect.core import settings as core_settings
from connect.core.settings import Settings
from connect.grants import queries as grants
from connect.ledger.models import LedgerEntry
from connect.oauth import gone_apps, housekeeping
from tests.oauth.agent import GOOD, Agent, ledger
from tests.oauth.holder import Holder
from tests.oauth.look import count
from tests.support import world
from tests.support.clock import Clock
from tests.support.threads import together


@pytest.fixture
def overrides() -> dict[str, Any]:
    unlimited = ("token_rate", "token_failure_rate", "api_rate", "address_rate", "registration_rate")
    return dict.fromkeys(unlimited, "")


@pytest.fixture
def agent(app: Flask) -> Agent:
    return Agent(app)


def test_it_looks_at_its_registration(agent: Agent) -> None:
    told = agent.registered()
    answer = agent.manage("GET")
    assert (answer.status_code, answer.json) == (200, told)
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_changes_what_it_said_and_what_it_leaves_out_is_gone(agent: Agent) -> None:
    agent.registered(client_uri="https://agent.example", scope="call_log:read")
    answer = agent.change(client_name="New", redirect_uris=["http://127.0.0.1/cb"], scope="numbers:read")
    assert answer.status_code == 200, answer.text
    assert answer.json["registration_access_token"] == agent.info["registration_access_token"]
    assert (answer.json["client_name"], answer.json["scope"], "client_uri" in answer.json) == (
        "New",
        "numbers:read",
        False,
    )
    assert (agent.page.redirect_uris, agent.page.kind) == (("http://127.0.0.1/cb",), "native")
    events = ledger(agent.info["client_id"])
    assert [said["event"] for said in events] == ["registered", "changed", "version_added"]
    assert events[1]["changed"] == ["client_kind", "home_url", "name", "redirect_uris"]


def test_saying_the_same_again_changes_nothing(agent: Agent) -> None:
    agent.registered()
    assert agent.change().status_code == 200
    assert len(ledger(agent.info["client_id"])) == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "app_other"}, "invalid_request"),
        ({"client_id": None}, "invalid_request"),
        ({"registration_access_token": "x"}, "invalid_request"),
        ({"client_secret_expires_at": 0}, "invalid_request"),
        ({"client_id_issued_at": 0}, "invalid_request"),
        ({"registration_client_uri": "x"}, "invalid_request"),
        ({"client_secret": "another"}, "invalid_request"),
        ({"client_secret": 5}, "invalid_request"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        ({"redirect_uris": ["http://evil.example"]}, "invalid_redirect_uri"),
        ({"scope": "recordings.audio:read"}, "invalid_client_metadata"),
    ],
    ids=str,
)
def test_a_change_that_may_not_be_is_refused_and_changes_nothing(
    agent: Agent, changes: dict[str, Any], error: str
) -> None:
    told = agent.registered()
    answer = agent.change(**({"client_name": "New"} | changes))
    assert (answer.status_code, answer.json["error"]) == (400, error)
    assert agent.manage("GET").json == told


def test_it_changes_its_keys_and_the_ledger_names_them(agent: Agent) -> None:
    first, second = Holder(kid="first"), Holder(kid="second")
    keyed = {"token_endpoint_auth_method": "private_key_jwt"}
    agent.registered(**keyed, jwks={"keys": [first.jwk]})
    assert agent.change(**keyed, jwks={"keys": [second.jwk]}).status_code == 200
    flow, tokens = agent.connected(second)
    assert flow.works(tokens["access_token"])
    flow.signer = first
    assert flow.refresh(tokens["refresh_token"]).json["error"] == "invalid_client"
    with database.read() as connection:
        bodies = connection.scalars(
            select(LedgerEntry.body).where(LedgerEntry.type == "secret").order_by(LedgerEntry.id)
        )
        said = [(body["event"], body["hint"]) for body in map(orjson.loads, bodies) if body["kind"] == "client_key"]
    assert sorted(said) == [("ended", "first"), ("made", "first"), ("made", "second")]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_its_own_token_opens_a_registration_and_no_answer_tells_whether_it_exists(
    agent: Agent, method: str
) -> None:
    other = agent.registered()
    mine = agent.registered()
    team = world.make().client_id
    attempts = [
        agent.manage(method, token="", body=GOOD),
        agent.manage(method, token="vtg_guess", body=GOOD),
        agent.manage(method, token=mine["registration_access_token"], of=other["client_id"], body=GOOD),
        agent.manage(method, of="app_nobody", body=GOOD),
        agent.manage(method, of=team, body=GOOD),
        agent.manage(method, of="https:%2F%2Fagent.example%2Fclient.json", body=GOOD),
    ]
    for answer in attempts[:5]:
        assert (answer.status_code, answer.json) == (401, attempts[0].json)
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert attempts[5].status_code in {401, 404}
    assert agent.manage("GET").json == mine


def test_guessing_registration_tokens_is_throttled(agent: Agent, settings: Settings) -> None:
    agent.registered()
    core_settings.activate(dataclasses.replace(settings, token_failure_rate="3/minute"))
    limits.reset()
    assert [agent.manage("GET", token=f"vtg_{n}").status_code for n in range(5)] == [401, 401, 401, 429, 429]
    assert agent.manage("GET").status_code == 429


def test_an_access_token_is_no_registration_token(agent: Agent) -> None:
    agent.registered()
    _flow, tokens = agent.connected()
    assert agent.manage("GET", token=tokens["access_token"]).status_code == 401


def test_ending_its_registration_ends_its_grants_and_tokens_and_the_customer_can_see_why(agent: Agent) -> None:
    agent.registered()
    flow, tokens = agent.connected()
    assert agent.manage("DELETE").status_code == 204
    assert not flow.works(tokens["access_token"])
    assert flow.refresh(tokens["refresh_token"]).status_code == 400
    assert flow.ask(scope="call_log:read").status_code == 400
    [grant] = grants.listing(account_id=flow.world.account_id)
    assert (grant.state, grant.end_reason) == ("revoked", gone_apps.DELETED)
    assert grants.history(grant.account_id, grant.id)[-1].actor_kind == "app"
    assert ledger(agent.info["client_id"])[-1]["event"] == "retired"
    assert agent.manage("GET").status_code == 401
    assert agent.manage("DELETE").status_code == 401


def test_grants_that_are_too_many_to_end_at_once_are_ended_by_the_clock(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.registered()
    flows = [agent.connected()[0] for _ in range(3)]
    monkeypatch.setattr(gone_apps, "_AT_ONCE", 1)
    assert agent.manage("DELETE").status_code == 204
    live = partial(grants.live_counts, [agent.page.id])
    assert live() == {agent.page.id: 2}
    with database.unit_of_work() as session:
        housekeeping.purge(session, 100)
    assert live() == {}
    assert {grants.listing(account_id=flow.world.account_id)[0].end_reason for flow in flows} == {gone_apps.DELETED}


def test_a_suspended_app_neither_looks_nor_changes_nor_ends(agent: Agent) -> None:
    agent.registered()
    with database.unit_of_work() as session:
        steps.suspend(session, agent.page.id, "It lies.", actor.operator(), Party.OPERATOR)
    for method in ("GET", "PUT", "DELETE"):
        assert agent.manage(method, body=GOOD).status_code == 403


def test_two_changes_at_once_leave_one_of_the_two(agent: Agent) -> None:
    agent.registered()
    sent = [f"https://agent.example/{n}" for n in range(6)]
    answers = together(*[partial(agent.change, redirect_uris=[uri], client_name=uri[-1]) for uri in sent])
    assert {answer.status_code for answer in answers} == {200}
    assert agent.page.redirect_uris == (f"https://agent.example/{agent.page.name}",)


def purged() -> int:
    with database.unit_of_work() as session:
        return gone_apps.remove_unused(session, 100)


def test_one_that_nobody_used_is_removed_after_a_time_and_the_ledger_says_so(agent: Agent, clock: Clock) -> None:
    unused, asked = agent.registered(token_endpoint_auth_method="client_secret_basic"), agent.registered()
    client = world.make()
    clock.move(days=29)
    assert agent.flow().ask(scope="call_log:read").status_code == 303
    assert purged() == 0
    clock.move(days=2)
    assert purged() == 1
    assert agent.manage("GET").status_code == 200, "somebody was sent here two days ago"
    assert agent.manage("GET", of=unused["client_id"], token=unused["registration_access_token"]).status_code == 401
    assert ledger(unused["client_id"])[-1]["event"] == "removed"
    clock.move(days=31)
    assert purged() == 1
    assert {line.client_id for line in queries.apps()} & {client.client_id, asked["client_id"]} == {client.client_id}
    assert count(ClientRegistration) == 0


def test_one_that_was_connected_once_stays(agent: Agent, clock: Clock) -> None:
    agent.registered()
    agent.connected()
    clock.move(days=400)
    assert purged() == 0
    agent.manage("DELETE")
    assert purged() == 0, "customers look at what was"


def test_one_that_is_suspended_stays_so_that_its_name_is_not_free(agent: Agent, clock: Clock) -> None:
    agent.registered()
    with database.unit_of_work() as session:
        steps.suspend(session, agent.page.id, "It lies.", actor.operator(), Party.OPERATOR)
    clock.move(days=400)
    assert purged() == 0
