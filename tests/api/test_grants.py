"""An app looks at its own connections and ends them; nobody else's, and nothing of a customer is in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from connect.core import ids
from connect.grants import queries
from tests.oauth.flow import Flow, slug
from tests.support import world
from tests.support.entries import entries


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"api_rate": "", "address_rate": "", "token_failure_rate": ""}


@pytest.fixture
def flow(app: Flask) -> Flow:
    """An app that one customer has connected."""
    made = Flow(app, world.make(calls=3))
    made.connect()
    return made


def alone(flow: Flow, scope: str = "app:read app:grants") -> str:
    return str(flow.alone(scope=scope).json["access_token"])


def send(flow: Flow, method: str, path: str, token: str) -> TestResponse:
    return flow.app.test_client().open(path, method=method, headers={"Authorization": f"Bearer {token}"})


def test_an_app_sees_the_grants_that_stand_and_what_each_allows(flow: Flow) -> None:
    (shown,) = send(flow, "GET", "/v1/grants", alone(flow)).json["data"]
    live = queries.live_of_app(flow.world.account_id, flow.world.app_id)
    assert live is not None and shown["id"] == ids.encode("grant", live.id)
    assert shown["account_id"] == ids.encode("acc", flow.world.account_id) and shown["state"] == "active"
    assert shown["granted"] == live.scopes and shown["terms"]["type"] == "voicetree_call_data"
    assert send(flow, "GET", f"/v1/grants/{shown['id']}", alone(flow)).json == shown


def test_the_list_goes_on_where_it_ended(app: Flask, flow: Flow) -> None:
    others = [_another_customer(flow) for _ in range(4)]
    found, cursor = [], ""
    while cursor is not None:
        page = send(flow, "GET", f"/v1/grants?limit=2{cursor and f'&cursor={cursor}'}", alone(flow)).json
        found += [grant["id"] for grant in page["data"]]
        cursor = page["page"]["next"]
    assert len(found) == 5 and len(set(found)) == 5 and set(others) <= set(found)


def test_an_app_ends_its_grant_and_the_customer_and_the_ledger_know_that_it_did(flow: Flow) -> None:
    tokens = flow.connect()
    token, grant_id = alone(flow), str(tokens["grant_id"])
    assert send(flow, "DELETE", f"/v1/grants/{grant_id}", token).status_code == 204
    refused = flow.get("/v1/calls", tokens["access_token"])
    assert refused.status_code == 401 and "The app itself revoked" in refused.json["detail"]
    assert flow.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    grant = queries.one_of_app(flow.world.app_id, ids.decode("grant", grant_id))
    assert grant is not None and grant.standing == "revoked"
    (entry,) = [entry for entry in entries(type="grant") if entry.members["event"] == "revoked"]
    assert entry.members["actor"] == f"app:{flow.world.client_id}"
    assert send(flow, "DELETE", f"/v1/grants/{grant_id}", token).status_code == 204  # as it is already
    assert send(flow, "GET", f"/v1/grants/{grant_id}", token).json["state"] == "revoked"
    assert send(flow, "GET", "/v1/grants", token).json["data"] == []


def test_a_grant_of_another_app_is_not_there_and_stays(app: Flask, flow: Flow) -> None:
    stranger = Flow(app, world.make())
    grant_id = flow.connect()["grant_id"]
    for method in ("GET", "DELETE"):
        answer = send(stranger, method, f"/v1/grants/{grant_id}", alone(stranger))
        assert (answer.status_code, slug(answer)) == (404, "not-found")
    assert queries.live_of_app(flow.world.account_id, flow.world.app_id) is not None


def test_the_scope_to_look_does_not_end_and_a_customers_token_does_neither(flow: Flow) -> None:
    tokens = flow.connect()
    path = f"/v1/grants/{tokens['grant_id']}"
    assert send(flow, "DELETE", path, alone(flow, "app:read")).status_code == 403
    assert send(flow, "GET", path, alone(flow, "app:grants")).status_code == 403
    for method in ("GET", "DELETE"):
        assert send(flow, method, path, tokens["access_token"]).status_code == 403
    assert queries.live_of_app(flow.world.account_id, flow.world.app_id) is not None


@pytest.mark.parametrize(
    "path", ["/v1/grants/grant_1", "/v1/grants?cursor=zzz", "/v1/grants?limit=0", "/v1/grants?x=1"]
)
def test_what_is_wrong_is_named(flow: Flow, path: str) -> None:
    answer = send(flow, "GET", path, alone(flow))
    assert answer.status_code == 400 and answer.json["errors"]


def _another_customer(flow: Flow) -> str:
    """One more account that connects the same app; the grant's id."""
    made = world.make(name="Another")
    there = replace(made, app_id=flow.world.app_id, app_version_id=flow.world.app_version_id)
    return ids.encode("grant", world.give(there).id)
