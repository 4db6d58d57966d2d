"""authorization_details (RFC 9396): an app asks for terms, the customer narrows them, and what holds comes back (checklist 28, 29)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from connect.core import database, ids
from connect.grants import services as grants
from connect.oauth import details, requests
from connect.scopes.terms import Terms
from tests.oauth.flow import Flow, query

TYPE = "voicetree_call_data"
LINE = ids.encode("num", UUID(int=7))


def text(*objects: Any) -> str:
    return json.dumps(list(objects))


def one(**members: Any) -> str:
    return text({"type": TYPE, **members})


BAD = {
    "not JSON": ("{", "JSON"),
    "no JSON number": (f'[{{"type": "{TYPE}", "daily_records": NaN}}]', "JSON"),
    "an object": (json.dumps({"type": TYPE}), "list of one object"),
    "nothing": ("[]", "list of one object"),
    "two of one type": (text({"type": TYPE}, {"type": TYPE}), "list of one object"),
    "a text in the list": (text("all"), "authorization_details"),
    "no type": (text({"numbers": "all"}), "type"),
    "another type": (text({"type": "payment_initiation"}), "type"),
    "an unknown member": (one(colour="red"), "colour"),
    "a member twice": (f'[{{"type": "{TYPE}", "numbers": "all", "numbers": "all"}}]', "a member is there twice"),
    "a number as text": (one(daily_records="100"), "daily_records"),
    "a day that does not exist": (one(history_from="2026-02-30"), "history_from"),
    "a line that is no line": (one(numbers=["num_1"]), "numbers"),
    "no lines": (one(numbers=[]), "no line"),
    "an end that has passed": (one(expires_at="2020-01-01T00:00:00Z"), "ended"),
    "no limit below one": (one(daily_records=0), "daily_records"),
    "true for a number": (one(retention_days=True), "retention_days"),
    "too deep": ("[" * 5000 + "]" * 5000, "cannot be read"),
    "odd characters": (one(**{'"<\u202e>\\é': 1}), ""),
}


@pytest.mark.parametrize("case", BAD)
def test_28_an_unknown_detail_type_or_field_is_named(flow: Flow, case: str) -> None:
    sent, named = BAD[case]
    told = query(flow.ask(authorization_details=sent).location)
    assert told["error"] == "invalid_authorization_details" and named in told["error_description"]
    pushed = flow.push(authorization_details=sent)
    assert (pushed.status_code, pushed.json["error"]) == (400, "invalid_authorization_details")


def test_28_details_are_bounded_and_come_once(flow: Flow) -> None:
    many = one(numbers=[ids.encode("num", UUID(int=place)) for place in range(600)])
    assert "16384 characters" in flow.push(authorization_details=many).json["error_description"]
    twice = flow.ask_raw(flow.asked_as_text(authorization_details=one()) + "&authorization_details=[]")
    assert query(twice.location)["error"] == "invalid_request"


def test_29_the_terms_as_granted_come_back_with_each_token_and_in_introspection(flow: Flow) -> None:
    request_id = flow.request_id(authorization_details=one(numbers=[LINE], daily_records=500))
    found = requests.load(request_id)
    assert found is not None and details.asked(found.parameters) == {
        "type": TYPE,
        "numbers": [LINE],
        "daily_records": 500,
    }
    said = flow.exchange(query(flow.allow(request_id, numbers=(LINE,), daily_records=100))["code"]).json
    assert [detail["type"] for detail in said["authorization_details"]] == [TYPE]
    assert (said["authorization_details"][0]["numbers"], said["authorization_details"][0]["daily_records"]) == (
        [LINE],
        100,
    )
    assert said["authorization_details"] == flow.introspect(said["access_token"])["authorization_details"]
    assert said["authorization_details"][0] == flow.get("/v1/grant", said["access_token"]).json["terms"]


def test_29_a_refresh_says_the_terms_as_they_stand_now(flow: Flow) -> None:
    said = flow.connect()
    _narrow(flow, daily_records=7)
    refreshed = flow.refresh(said["refresh_token"]).json
    assert refreshed["authorization_details"][0]["daily_records"] == 7
    assert flow.introspect(refreshed["refresh_token"])["authorization_details"][0]["daily_records"] == 7


def test_a_token_for_the_app_alone_has_no_terms(flow: Flow) -> None:
    said = flow.alone().json
    assert "authorization_details" not in said
    assert "authorization_details" not in flow.introspect(said["access_token"])


def test_a_token_request_cannot_choose_terms(flow: Flow) -> None:
    code = query(flow.allow(flow.request_id()))["code"]
    refused = flow.exchange(code, authorization_details=one())
    assert (refused.status_code, refused.json["error"]) == (400, "invalid_authorization_details")
    assert flow.exchange(code).status_code == 200


def test_the_type_is_in_both_metadata_documents(flow: Flow) -> None:
    client = flow.app.test_client()
    for name in ("oauth-authorization-server", "oauth-protected-resource"):
        assert client.get(f"/.well-known/{name}").json["authorization_details_types_supported"] == [TYPE]


def _narrow(flow: Flow, **changes: Any) -> None:
    with database.unit_of_work() as session:
        grant = grants.live_of_app(session, flow.world.account_id, flow.world.app_id)
        assert grant is not None
        terms = replace(Terms.from_json(grant.terms), **changes)
        grants.narrow(session, grant.account_id, grant.id, flow.world.actor, frozenset(grant.scopes), terms)
