"""How recently the person signed in (RFC 9470): asked for, kept with the token, and demanded by the API."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from connect.core import clock as core_clock
from connect.oauth import reauthentication
from tests.oauth.flow import Flow as Machine
from tests.oauth.flow import query
from tests.oauth.test_resource import refused
from tests.support import world
from tests.support.clock import Clock
from tests.support.flow import PASSWORD, Flow, csrf


@pytest.fixture
def person(app: Flask) -> Flow:
    """A browser in which the owner is signed in."""
    flow = Flow(app, world.make())
    flow.sign_in()
    return flow


def confirm(browser: Any) -> Any:
    """The person gives the password once more; where they go on to."""
    page = browser.get("/sign-in/confirm")
    answer = browser.post("/sign-in/confirm", data={"csrf_token": csrf(page.text), "password": PASSWORD})
    assert answer.status_code == 303
    return answer.location


class TestAskedFor:
    @pytest.mark.parametrize(
        "asked", [{"prompt": "login"}, {"prompt": "login consent"}, {"max_age": "60"}, {"max_age": "0"}]
    )
    def test_an_older_sign_in_is_confirmed_before_the_page_of_consent(
        self, person: Flow, clock: Clock, asked: dict[str, str]
    ) -> None:
        clock.move(seconds=90)
        path = urlsplit(person.authorize(**asked).location).path
        assert urlsplit(person.browser.get(path).location).path == "/sign-in/confirm"
        assert urlsplit(confirm(person.browser)).path == path
        assert "code=" in person.decide(path).location

    @pytest.mark.parametrize("asked", [{"max_age": "120"}, {"prompt": "consent"}, {}])
    def test_a_sign_in_that_is_recent_enough_is_not(self, person: Flow, clock: Clock, asked: dict[str, str]) -> None:
        clock.move(seconds=90)
        path = urlsplit(person.authorize(**asked).location).path
        assert person.browser.get(path).status_code == 200

    def test_a_form_that_is_sent_without_the_confirmation_decides_nothing(self, person: Flow, clock: Clock) -> None:
        clock.move(seconds=90)
        path = urlsplit(person.authorize(prompt="login").location).path
        token = csrf(person.browser.get("/profile").text)
        answer = person.browser.post(path, data={"csrf_token": token, "decision": "allow"})
        assert urlsplit(answer.location).path == "/sign-in/confirm"

    def test_who_signs_in_for_the_request_need_not_confirm_it(self, app: Flask) -> None:
        flow = Flow(app, world.make())
        flow.set_password()
        path = urlsplit(flow.authorize(prompt="login").location).path
        assert urlsplit(flow.browser.get(path).location).path == "/sign-in"
        page = flow.browser.get("/sign-in")
        form = {"csrf_token": csrf(page.text), "email": flow.world.email, "password": PASSWORD}
        answer = flow.browser.post("/sign-in", data=form)
        assert urlsplit(answer.location).path == path
        assert flow.browser.get(path).status_code == 200

    def test_a_login_hint_stands_in_the_form(self, app: Flask) -> None:
        flow = Flow(app, world.make())
        hint = '"><b>asha@neem.example'
        path = urlsplit(flow.authorize(login_hint=hint).location).path
        flow.browser.get(path)
        page = flow.browser.get("/sign-in").text
        assert f'value="{html.escape(hint)}"' in page.replace("&#34;", "&quot;")
        assert hint not in page

    @pytest.mark.parametrize(
        "asked",
        [
            {"prompt": "none login"},
            {"prompt": "select_account"},
            {"prompt": "é"},
            {"max_age": "-1"},
            {"max_age": "1.5"},
            {"max_age": "x"},
            {"max_age": "²"},
            {"max_age": "1" * 10},
            {"login_hint": "x" * 255},
        ],
    )
    def test_what_makes_no_sense_is_told_to_the_app(self, flow: Machine, asked: dict[str, str]) -> None:
        told = query(flow.ask(**asked).location)
        assert (told["error"], told["state"]) == ("invalid_request", "the state")
        assert flow.push(**asked).json["error"] == "invalid_request"


class TestPromptNone:
    """OpenID Connect Core 3.1.2.6: nobody is asked anything, and the app is told what would have been asked."""

    def told(self, answer: Any) -> dict[str, str]:
        assert answer.status_code == 303
        found = query(answer.location)
        assert "code" not in found
        return found

    def test_without_a_session_it_is_login_required(self, flow: Machine) -> None:
        told = self.told(flow.ask(prompt="none"))
        assert (told["error"], told["state"]) == ("login_required", "the state")
        assert told["iss"]

    def test_with_a_session_it_is_consent_required(self, person: Flow) -> None:
        told = self.told(person.authorize(prompt="none"))
        assert (told["error"], told["state"]) == ("consent_required", "st4te")

    def test_with_a_session_that_is_too_old_it_is_login_required(self, person: Flow, clock: Clock) -> None:
        clock.move(seconds=90)
        assert self.told(person.authorize(prompt="none", max_age="60"))["error"] == "login_required"

    def test_a_pushed_request_is_told_the_same(self, flow: Machine) -> None:
        request_uri = flow.push(prompt="none").json["request_uri"]
        told = self.told(flow.bring(request_uri))
        assert (told["error"], told["state"]) == ("login_required", "the state")

    def test_20_an_unregistered_address_is_told_nothing(self, flow: Machine) -> None:
        answer = flow.ask(prompt="none", redirect_uri="https://evil.example/cb")
        assert answer.status_code == 400
        assert "Location" not in answer.headers


class TestKeptWithTheToken:
    def test_introspection_says_when_the_person_had_signed_in_through_refreshes(
        self, flow: Machine, clock: Clock
    ) -> None:
        said = flow.connect()
        at = flow.introspect(said["access_token"])["auth_time"]
        assert abs(at - core_clock.now().timestamp()) < 60
        clock.move(minutes=10)
        refreshed = flow.introspect(flow.refresh(said["refresh_token"]).json["access_token"])
        assert refreshed["auth_time"] == at
        assert refreshed["acr"] == reauthentication.PASSWORD

    def test_nobody_signed_in_for_a_token_of_the_app_alone(self, flow: Machine) -> None:
        assert "auth_time" not in flow.introspect(flow.alone().json["access_token"])


class TestDemandedByTheApi:
    PATH = "/v1/probe/recent"

    def test_an_older_sign_in_is_401_that_names_max_age(self, flow: Machine, clock: Clock) -> None:
        said = flow.connect()
        assert flow.get(self.PATH, said["access_token"]).status_code == 200
        clock.move(minutes=6)
        answer = flow.get(self.PATH, said["access_token"])
        assert refused(answer, 401, "insufficient-user-authentication")["max_age"] == 300
        challenge = answer.headers["WWW-Authenticate"]
        assert challenge.startswith('Bearer realm="VoiceTree Connect", error="insufficient_user_authentication"')
        assert 'max_age="300"' in challenge
        assert 'scope="call_log:read"' in challenge

    def test_a_refresh_does_not_make_it_recent_and_a_new_authorization_does(self, flow: Machine, clock: Clock) -> None:
        said = flow.connect()
        clock.move(minutes=6)
        refreshed = flow.refresh(said["refresh_token"]).json
        refused(flow.get(self.PATH, refreshed["access_token"]), 401, "insufficient-user-authentication")
        assert flow.get(self.PATH, flow.connect(max_age="300")["access_token"]).status_code == 200

    def test_a_missing_scope_is_told_first(self, flow: Machine, clock: Clock) -> None:
        flow.connect()
        token = flow.connect(scope="numbers:read")["access_token"]
        clock.move(minutes=6)
        refused(flow.get(self.PATH, token), 403, "insufficient-scope")


def test_the_metadata_names_the_prompts_and_the_class_of_sign_in(app: Flask) -> None:
    document = app.test_client().get("/.well-known/oauth-authorization-server").json
    assert document["prompt_values_supported"] == ["consent", "login", "none"]
    assert document["acr_values_supported"] == [reauthentication.PASSWORD]
