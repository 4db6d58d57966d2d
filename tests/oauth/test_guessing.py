"""Guessing is throttled (checklist 50), and nobody locks out another by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from connect.core import ids
from tests.oauth.flow import Flow, basic, slug
from tests.support import world
from tests.support.clock import Clock

ELSEWHERE = {"REMOTE_ADDR": "198.51.100.7"}


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"token_failure_rate": "5/minute", "token_rate": "", "api_rate": "", "address_rate": ""}


def wrong_secret(flow: Flow) -> Any:
    return flow.alone(headers=basic(flow.world.client_id, "wrong"))


def throttled(answer: Any) -> bool:
    """429 in the words of OAuth (RFC 6749 5.2), with how long to wait; never kept by a cache."""
    if answer.status_code != 429:
        return False
    assert answer.json["error"] == "temporarily_unavailable"
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert answer.headers["Cache-Control"] == "no-store" and answer.mimetype == "application/json"
    return True


def test_50_guessing_is_throttled(flow: Flow, clock: Clock) -> None:
    code = flow.code()
    for _ in range(5):
        assert wrong_secret(flow).status_code == 401
    assert throttled(wrong_secret(flow))
    assert throttled(flow.exchange(code))  # a right guess would not be seen either
    clock.move(seconds=61)
    assert wrong_secret(flow).status_code == 401


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/par"])
def test_50_secrets_are_throttled_wherever_a_client_proves_itself(flow: Flow, path: str) -> None:
    form = {"grant_type": "client_credentials", "token": ids.token("vta")}
    headers = basic(flow.world.client_id, "wrong")
    answers = [flow.post(path, form, headers) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] and throttled(answers[5])
    assert throttled(flow.post(path, form))


def test_50_who_guesses_a_secret_elsewhere_does_not_lock_the_client_out(app: Flask, flow: Flow) -> None:
    stranger = app.test_client()
    answers = [
        stranger.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            headers=basic(flow.world.client_id, "wrong"),
            environ_overrides=ELSEWHERE,
        )
        for _ in range(9)
    ]
    assert throttled(answers[-1])
    assert flow.alone().status_code == 200


def a_code(flow: Flow) -> Any:
    return flow.exchange(ids.token("vtc"))


def a_refresh_token(flow: Flow) -> Any:
    return flow.refresh(ids.token("vtr"))


def to_revoke(flow: Flow) -> Any:
    return flow.revoke(ids.token("vta"))


def to_introspect(flow: Flow) -> Any:
    return flow.post("/oauth/introspect", {"token": ids.token("vta")})


@pytest.mark.parametrize("guess", [a_code, a_refresh_token, to_revoke])
def test_50_who_proves_nothing_guesses_with_their_address(public: Flow, guess: Callable[[Flow], Any]) -> None:
    code = public.code()
    assert [throttled(guess(public)) for _ in range(6)] == [False] * 5 + [True]
    assert throttled(public.exchange(code))


@pytest.mark.parametrize("guess", [a_code, a_refresh_token, to_revoke, to_introspect])
def test_50_a_client_that_passes_on_what_strangers_made_up_is_told_to_wait_and_its_own_goes_on(
    flow: Flow, guess: Callable[[Flow], Any]
) -> None:
    """Whoever can reach an app's redirect URI can have it exchange codes that nobody issued."""
    said, code = flow.connect(), flow.code()
    assert [throttled(guess(flow)) for _ in range(7)] == [False] * 5 + [True] * 2
    assert flow.exchange(code).status_code == 200
    assert flow.refresh(said["refresh_token"]).status_code == 200
    assert flow.introspect(said["access_token"])["active"] is True
    assert flow.revoke(said["access_token"]).status_code == 200


def test_50_what_one_client_guesses_does_not_touch_another_at_its_address(flow: Flow, other: Flow) -> None:
    assert throttled([a_code(flow) for _ in range(6)][-1])
    assert a_code(other).json["error"] == "invalid_grant"


def test_50_a_client_guesses_from_all_its_addresses_together(app: Flask, flow: Flow) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": ids.token("vtr")}
    addresses = [{"REMOTE_ADDR": f"198.51.100.{number}"} for number in range(6)]
    answers = [
        app.test_client().post("/oauth/token", data=form, headers=flow.client_auth, environ_overrides=address)
        for address in addresses
    ]
    assert [throttled(answer) for answer in answers] == [False] * 5 + [True]


def test_50_access_tokens_that_were_never_issued_are_throttled_at_the_api_and_right_ones_are_not(flow: Flow) -> None:
    token = flow.connect()["access_token"]
    answers = [flow.get("/v1/probe", ids.token("vta")) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert slug(answers[5]) == "too-many-requests" and answers[5].mimetype == "application/problem+json"
    assert 1 <= int(answers[5].headers["Retry-After"]) <= 61
    assert flow.works(token)
    assert flow.alone().status_code == 200


def test_50_an_app_whose_customers_left_is_not_taken_for_a_guesser(flow: Flow) -> None:
    said = flow.connect()
    flow.revoke(said["refresh_token"])
    for _ in range(8):
        assert flow.refresh(said["refresh_token"]).status_code == 400
        assert flow.get("/v1/probe", said["access_token"]).status_code == 401
        assert flow.introspect(said["access_token"])["active"] is False


def test_50_an_attempt_that_was_undone_stays_counted(flow: Flow) -> None:
    """An error undoes its transaction (R6), and not the count."""
    wrong = [flow.exchange(flow.code(), code_verifier="x" * 43) for _ in range(2)]
    assert [answer.json["error"] for answer in wrong] == ["invalid_grant"] * 2
    for _ in range(5):
        a_code(flow)
    assert throttled(a_code(flow))


class TestAuthorize:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"token_rate": "3/minute"}

    def test_50_requests_are_limited_by_address_before_anything_is_stored(self, app: Flask) -> None:
        flow = Flow(app, world.make())
        assert [flow.ask().status_code for _ in range(4)] == [303, 303, 303, 429]
        assert int(flow.ask().headers["Retry-After"]) >= 1
