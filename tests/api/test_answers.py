"""What the API answers: records, cursors, windows, the grant, and why it answers nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from flask import Flask

from connect.core import database, ids
from connect.grants import services as grants
from connect.scopes.catalogue import projection
from connect.scopes.terms import Terms
from tests.api.conftest import EVERY_RESOURCE, EVERYTHING, Api, problem
from tests.support import world
from tests.support.blocked import Running, someone_waits_for_a_lock, until
from tests.support.clock import Clock
from tests.support.databases import sqlite_only
from tests.support.entries import entries, one_entry
from tests.support.world import REQUIRED, World

LISTS = {
    "/v1/numbers": "number",
    "/v1/departments": "department",
    "/v1/users": "user",
    "/v1/contacts": "contact",
    "/v1/calls": "call",
}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_has_the_fields_of_its_scopes_a_cursor_and_a_window(wide: Api, path: str) -> None:
    answer = wide.get(path, limit=2)
    assert answer.status_code == 200 and answer.content_type == "application/json"
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Request-Id"].startswith("req_")
    said = answer.get_json()
    assert set(said) == {"data", "page", "window"} and len(said["data"]) == 2
    shown = projection(LISTS[path], EVERY_RESOURCE)
    for record in said["data"]:
        assert list(record) == [*shown.names, *(["_masked"] if shown.masked else [])]
    assert said["window"]["numbers"] == "all" and said["window"]["started_after"].endswith("Z")
    following = wide.get(path, limit=100, cursor=said["page"]["next"]).get_json()
    assert following["data"] and following["data"][0] not in said["data"]
    assert one_entry(request_id=answer.headers["Request-Id"]).entry.members["operation"] == f"GET {path}"


def test_the_entry_of_an_answer_is_found_by_its_request_id_and_has_its_bytes(api: Api) -> None:
    answer = api.get("/v1/calls", limit=3)
    said = one_entry(request_id=answer.headers["Request-Id"]).entry.members
    assert said["sha256"] == hashlib.sha256(answer.data).hexdigest() and said["bytes"] == len(answer.data)
    assert said["purpose"] == {scope: f"We need {scope}." for scope in said["scopes"]}
    assert said["token"].startswith("tok_") and said["address_digest"] and said["agent_digest"]


def test_the_same_page_has_the_same_bytes(api: Api) -> None:
    assert api.get("/v1/calls", limit=3).data == api.get("/v1/calls", limit=3).data


def test_the_account_is_answered_as_one_record(wide: Api) -> None:
    said = wide.get("/v1/account").get_json()
    assert said == {
        "id": ids.encode("acc", wide.world.account_id),
        "name": "Neem Traders",
        "timezone": "Asia/Kolkata",
        "region": "IN",
    }
    assert wide.get("/v1/account", fields="name").get_json() == {"name": "Neem Traders"}


def test_one_call_has_its_legs(api: Api) -> None:
    call_id = api.get("/v1/calls", limit=1, status="answered").get_json()["data"][0]["id"]
    call = api.get(f"/v1/calls/{call_id}").get_json()
    assert call["id"] == call_id and call["legs"]
    assert set(api.get(f"/v1/calls/{call_id}", fields="id,legs").get_json()) == {"id", "legs"}
    assert set(api.get(f"/v1/calls/{call_id}", fields="id").get_json()) == {"id"}


def test_a_call_that_is_not_the_grants_is_not_found(api: Api) -> None:
    other = world.make(calls=3, name="Other Traders")
    grant = world.give(other)
    theirs = Api(api.app, other, grant, world.token(other, grant)).get("/v1/calls").get_json()["data"][0]["id"]
    for call_id in (theirs, ids.encode("call", ids.new())):
        problem(api.get(f"/v1/calls/{call_id}"), "not-found", 404)


@pytest.mark.parametrize(
    ("name", "matches"),
    [
        ("status", lambda call, value: call["status"] == value),
        ("direction", lambda call, value: call["direction"] == value),
        ("number_id", lambda call, value: call["number_id"] == value),
        ("department_id", lambda call, value: call["department_id"] == value),
        ("agent_id", lambda call, value: call["agent_id"] == value),
        ("started_after", lambda call, value: call["started_at"] > value),
        ("started_before", lambda call, value: call["started_at"] < value),
        ("updated_since", lambda call, value: call["updated_at"] >= value),
        ("caller", lambda call, value: call["caller_e164"] == value),
    ],
)
def test_a_filter_shows_those_calls_that_match(api: Api, name: str, matches: Callable[[Any, Any], bool]) -> None:
    calls = api.get("/v1/calls", limit=100).get_json()["data"]
    sample = next(call for call in calls[5:] if call["caller_e164"] and call["agent_id"] and call["department_id"])
    field = {
        "started_after": "started_at",
        "started_before": "started_at",
        "updated_since": "updated_at",
        "caller": "caller_e164",
    }
    value = sample[field.get(name, name)]
    found = api.get("/v1/calls", limit=100, **{name: value}).get_json()["data"]
    assert {call["id"] for call in found} == {call["id"] for call in calls if matches(call, value)}


def test_the_app_sees_its_own_grant_without_an_entry(api: Api) -> None:
    said = api.get("/v1/grant").get_json()
    assert said["id"] == ids.encode("grant", api.grant.id) and (said["state"], said["version"]) == ("active", 1)
    assert said["granted"] == sorted(EVERYTHING) and said["refused"] == ["offline_access"]
    assert said["terms"] == Terms.from_json(api.grant.terms).to_detail()
    assert not entries(type="disclosure")


@pytest.mark.parametrize("path", [*LISTS, "/v1/account", "/v1/grant", "/v1/calls/call_06k3w9d7m4c1z8t5q2h9x6b3ae"])
def test_without_a_token_nothing_is_said(api: Api, path: str) -> None:
    answer = api.client.get(path)
    problem(answer, "not-authenticated", 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_a_scope_that_is_missing_is_named(api_of: Callable[..., Api]) -> None:
    api = api_of(REQUIRED)
    said = problem(api.get("/v1/contacts"), "insufficient-scope", 403)
    assert said["scope"] == "contacts:read" and "contacts:read" in said["detail"]
    said = problem(api.get("/v1/calls", caller="+915000000010"), "insufficient-scope", 403)
    assert said["missing"] == ["call_log.numbers:read"] and said["detail"] == "caller needs call_log.numbers:read"
    said = problem(api.get("/v1/calls", fields="id,contact_id"), "insufficient-scope", 403)
    assert said["missing"] == ["contacts:read"] and said["scope"].split() == ["call_log:read", "contacts:read"]
    assert not entries(type="disclosure")


def test_masked_values_are_answered_without_their_scope(api_of: Callable[..., Api]) -> None:
    calls = api_of(REQUIRED).get("/v1/calls", limit=20).get_json()["data"]
    assert all(call["_masked"] == ["caller_e164", "caller_name"] for call in calls)


def test_a_paused_grant_answers_403_and_goes_on_after_it_was_resumed(api: Api) -> None:
    arguments = (api.world.account_id, api.grant.id, api.world.actor)
    with database.unit_of_work() as session:
        grants.pause(session, *arguments)
    problem(api.get("/v1/calls"), "grant-paused", 403)
    with database.unit_of_work() as session:
        grants.resume(session, *arguments)
    assert api.get("/v1/calls").status_code == 200


def test_an_ended_grant_answers_401_with_the_reason(api: Api, clock: Clock) -> None:
    with database.unit_of_work() as session:
        grants.revoke(session, api.world.account_id, api.grant.id, api.world.actor)
    assert "The customer revoked this grant" in problem(api.get("/v1/calls"), "grant-ended", 401)["detail"]


def until_it_waits(queries: list[str], dialect: str) -> None:
    """Until the page was read, and where that can be seen, until its entry waits for the grant."""
    until(lambda: any("FROM call " in query.replace("\n", " ") for query in queries))
    if dialect == "postgresql":
        until(someone_waits_for_a_lock)


def test_a_grant_that_is_revoked_during_a_read_answers_401_and_nothing_leaves(
    api: Api, dialect: str, count_queries: Any
) -> None:
    with database.unit_of_work() as session, count_queries() as queries:
        grants.revoke(session, api.world.account_id, api.grant.id, api.world.actor)
        session.flush()
        request = Running(lambda: api.get("/v1/calls"))
        until_it_waits(queries, dialect)
    problem(request.result(), "grant-ended", 401)
    assert not entries(type="disclosure")


def test_a_grant_that_is_narrowed_during_a_read_is_answered_as_it_now_stands(
    api: Api, dialect: str, count_queries: Any
) -> None:
    terms = Terms.from_json(api.grant.terms)
    with database.unit_of_work() as session, count_queries() as queries:
        grants.narrow(session, api.world.account_id, api.grant.id, api.world.actor, REQUIRED, terms)
        session.flush()
        request = Running(lambda: api.get("/v1/calls", limit=10))
        until_it_waits(queries, dialect)
    calls = request.result().get_json()["data"]
    assert all(call["_masked"] == ["caller_e164", "caller_name"] for call in calls)
    assert one_entry(type="disclosure").entry.members["grant_version"] == 2


def test_a_scope_that_is_taken_during_a_read_is_named(api: Api, dialect: str, count_queries: Any) -> None:
    terms = Terms.from_json(api.grant.terms)
    with database.unit_of_work() as session, count_queries() as queries:
        grants.narrow(session, api.world.account_id, api.grant.id, api.world.actor, REQUIRED, terms)
        session.flush()
        request = Running(lambda: api.get("/v1/calls", caller="+915000000010"))
        until_it_waits(queries, dialect)
    problem(request.result(), "insufficient-scope", 403)
    assert not entries(type="disclosure")


@sqlite_only
def test_a_ledger_that_cannot_be_written_answers_503_without_a_record(api: Api) -> None:
    with database.unit_of_work() as session:
        session.connection().exec_driver_sql(
            "CREATE TRIGGER no_entry BEFORE INSERT ON ledger_entry BEGIN SELECT RAISE(ABORT, 'broken'); END"
        )
    answer = api.get("/v1/calls")
    problem(answer, "ledger-unavailable", 503)
    assert int(answer.headers["Retry-After"]) > 0 and b"call_" not in answer.data.replace(b"call_log", b"")


def test_the_daily_limit_answers_429_until_the_customers_midnight(api_of: Callable[..., Api]) -> None:
    api = api_of(daily_records=10)
    assert api.get("/v1/calls", limit=8).status_code == 200
    answer = api.get("/v1/calls", limit=8)
    assert "ask for at most 2" in problem(answer, "daily-limit", 429)["detail"]
    assert 0 < int(answer.headers["Retry-After"]) <= 86_400
    assert api.get("/v1/calls", limit=2).status_code == 200


def test_a_head_request_is_entered_as_what_it_was(api: Api) -> None:
    answer = api.send("HEAD", "/v1/calls")
    assert answer.status_code == 200 and answer.data == b""
    assert one_entry(type="disclosure").entry.members["operation"] == "HEAD /v1/calls"


def test_a_token_for_fewer_scopes_than_the_grant_shows_less(there: World, app: Flask) -> None:
    grant = world.give(there, EVERYTHING)
    api = Api(app, there, grant, world.token(there, grant, REQUIRED))
    calls = orjson.loads(api.get("/v1/calls", limit=5).data)["data"]
    assert all("contact_id" not in call and call["_masked"] for call in calls)
