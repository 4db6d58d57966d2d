"""Pushed authorization requests (RFC 9126; checklist 22-24, 26, 27)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from apps_registry import steps
from apps_registry.lifecycle import Party
from connect.core import actor, database, ids
from connect.oauth import requests
from connect.oauth.models import AuthRequest
from connect.oauth.pushed import URN
from tests.oauth.flow import OFFLINE, Flow, basic, query
from tests.support.clock import Clock


def pushed(flow: Flow, **changes: str | None) -> str:
    answer = flow.push(**changes)
    assert answer.status_code == 201, answer.data
    return str(answer.json["request_uri"])


def refused(answer: TestResponse) -> str:
    """The error that the app is told, in the form of RFC 6749 5.2."""
    assert "Location" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    return str(answer.json["error"])


def useless(answer: TestResponse) -> bool:
    """Whether the browser is shown that the reference is of no use, and is sent nowhere."""
    return answer.status_code == 400 and "Location" not in answer.headers and b"invalid_request_uri" in answer.data


def kept(flow: Flow) -> int:
    with database.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(AuthRequest)) or 0)


def test_a_pushed_request_becomes_tokens(flow: Flow) -> None:
    answer = flow.push()
    assert answer.status_code == 201
    assert answer.json == {"request_uri": answer.json["request_uri"], "expires_in": 90}
    assert answer.json["request_uri"].startswith(URN)
    assert answer.headers["Cache-Control"] == "no-store"
    location = flow.allow(flow.id_in(flow.bring(answer.json["request_uri"]).location))
    assert query(location)["state"] == "the state"
    assert set(flow.exchange(query(location)["code"]).json["scope"].split()) == OFFLINE


def test_a_public_client_pushes_with_its_id_alone(public: Flow) -> None:
    request_id = public.id_in(public.bring(pushed(public)).location)
    assert public.exchange(query(public.allow(request_id))["code"]).status_code == 200


def test_the_id_of_the_client_may_stand_in_the_authorization_header_alone(flow: Flow) -> None:
    assert flow.bring(pushed(flow, client_id=None)).status_code == 303


def test_22_the_client_authenticates(flow: Flow) -> None:
    assert refused(flow.push(headers={})) == "invalid_client"
    wrong = flow.push(headers=basic(flow.world.client_id, "wrong"))
    assert (wrong.status_code, refused(wrong)) == (401, "invalid_client")
    assert wrong.headers["WWW-Authenticate"].startswith("Basic")
    assert kept(flow) == 0


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_22_only_post_is_taken(flow: Flow, method: str) -> None:
    answer = flow.app.test_client().open("/oauth/par", method=method, headers=flow.client_auth)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_22_the_body_is_a_form_with_each_parameter_once(flow: Flow) -> None:
    client = flow.app.test_client()
    assert client.post("/oauth/par", json=flow.asked, headers=flow.client_auth).status_code == 415
    twice = "scope=numbers%3Aread&scope=numbers%3Aread"
    form = "application/x-www-form-urlencoded"
    assert (
        refused(client.post("/oauth/par", data=twice, content_type=form, headers=flow.client_auth)) == "invalid_request"
    )


def test_23_a_request_uri_inside_a_pushed_request_is_refused(flow: Flow) -> None:
    assert refused(flow.push(request_uri=pushed(flow))) == "invalid_request"
    assert kept(flow) == 1


def test_24_par_attempt_to_use_expired_request_uri(flow: Flow, clock: Clock) -> None:
    request_uri = pushed(flow)
    clock.move(seconds=91)
    assert useless(flow.bring(request_uri))


def test_24_par_attempt_to_use_request_uri_for_different_client(flow: Flow, other: Flow) -> None:
    request_uri = pushed(flow)
    assert useless(other.bring(request_uri))
    assert flow.bring(request_uri).status_code == 303


def test_24_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds(flow: Flow, clock: Clock) -> None:
    request_uri = pushed(flow)
    first = flow.id_in(flow.bring(request_uri).location)
    clock.move(seconds=600)  # somebody looks for a password
    assert flow.id_in(flow.bring(request_uri).location) == first
    assert query(flow.allow(first))["code"]


def test_24_opening_it_again_and_again_does_not_keep_it_alive(flow: Flow, clock: Clock) -> None:
    request_uri = pushed(flow)
    for _ in range(3):
        assert flow.bring(request_uri).status_code == 303
        clock.move(seconds=590)
    assert flow.bring(request_uri).status_code == 303
    clock.move(seconds=31)
    assert useless(flow.bring(request_uri))


@pytest.mark.parametrize("allowed", [True, False])
def test_24_par_attempt_reuse_request_uri(flow: Flow, allowed: bool) -> None:
    request_uri = pushed(flow)
    request_id = flow.id_in(flow.bring(request_uri).location)
    (flow.allow if allowed else flow.refuse)(request_id)
    assert useless(flow.bring(request_uri))


def test_26_a_pushed_request_without_a_redirect_uri_is_refused(flow: Flow) -> None:
    assert refused(flow.push(redirect_uri=None)) == "invalid_request"
    assert refused(flow.push(redirect_uri="https://evil.example/cb")) == "invalid_request"


def test_27_parameters_beside_the_request_uri_do_not_count(flow: Flow) -> None:
    beside = {"scope": "call_log:read", "state": "another", "redirect_uri": "https://evil.example/cb"}
    request_id = flow.id_in(flow.bring(pushed(flow), **beside).location)
    found = requests.load(request_id)
    assert found is not None and set(found.scopes) == OFFLINE
    assert query(flow.allow(request_id))["state"] == "the state"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),  # par-ensure-pkce-required
        ({"code_challenge_method": "plain"}, "invalid_request"),  # par-plain-pkce-rejected
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"request": "eyJhbGciOiJub25lIn0.."}, "request_not_supported"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"state": "s" * 5000}, "invalid_request"),
    ],
)
def test_the_rules_are_those_of_the_authorization_endpoint(flow: Flow, changes: dict[str, Any], error: str) -> None:
    assert refused(flow.push(**changes)) == error
    assert kept(flow) == 0


def test_a_reference_that_was_never_given_is_a_page(flow: Flow) -> None:
    for made_up in (URN, URN + "x", URN + ids.token("vtp"), "https://crm.example/request", "\x00", "\u0950" * 300):
        assert flow.bring(made_up).status_code == 400, made_up
    assert flow.ask_raw(f"client_id={flow.world.client_id}&request_uri=a&request_uri=b").status_code == 400


def test_the_reference_rests_as_a_digest(flow: Flow) -> None:
    request_uri = pushed(flow)
    with database.read() as connection:
        row = connection.execute(select(AuthRequest.__table__)).one()
    assert row.pushed_digest == ids.digest(request_uri.removeprefix(URN))
    assert request_uri.removeprefix(URN) not in str(row)


def test_a_suspended_app_can_neither_push_nor_be_followed(flow: Flow) -> None:
    request_uri = pushed(flow)
    with database.unit_of_work() as session:
        steps.suspend(session, flow.world.app_id, "It misled customers.", actor.SYSTEM, Party.REVIEWER)
    assert refused(flow.push()) == "unauthorized_client"
    assert flow.bring(request_uri).status_code == 400


class TestLimited:
    """Guessing and flooding are throttled as at the token endpoint."""

    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"token_rate": "3/minute", "token_failure_rate": "2/minute"}

    def test_50_a_flood_of_requests_is_429(self, flow: Flow) -> None:
        assert [flow.push().status_code for _ in range(4)] == [201, 201, 201, 429]

    def test_50_guessing_a_secret_is_429(self, flow: Flow) -> None:
        wrong = basic(flow.world.client_id, "wrong")
        assert [flow.push(headers=wrong).status_code for _ in range(3)] == [401, 401, 429]
