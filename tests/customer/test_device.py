"""/device over HTTP: a person types the code that their device shows, answers, and goes back to the device (RFC 8628 3.3)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from connect.core import ids
from connect.grants import queries as grants
from connect.oauth import requests, user_codes
from tests.customer.test_consent import colleague
from tests.oauth.device import Device, error
from tests.oauth.flow import Flow as App
from tests.support import world
from tests.support.clock import Clock
from tests.support.flow import PASSWORD, Flow, csrf

CONSENT = re.compile(r"/consent/areq_\w+")


@pytest.fixture
def device(app: Flask) -> Device:
    return Device(App(app, world.make(calls=5, kind="device")))


@pytest.fixture
def flow(device: Device) -> Flow:
    """The browser of the owner, who is not signed in."""
    made = Flow(device.flow.app, device.flow.world)
    made.set_password()
    return made


@pytest.fixture
def owner(flow: Flow) -> Flow:
    """The same, signed in."""
    flow.sign_in()
    return flow


def typed(flow: Flow, code: str) -> TestResponse:
    """What the page answers to a code."""
    page = flow.browser.get("/device")
    answer: TestResponse = flow.browser.post("/device", data={"csrf_token": csrf(page.text), "user_code": code})
    return answer


def consent(flow: Flow, told: dict[str, Any]) -> str:
    """The path of the page of consent that a right code leads to."""
    answer = typed(flow, told["user_code"])
    assert answer.status_code == 303, answer.text
    path = urlsplit(answer.location).path
    assert CONSENT.fullmatch(path)
    return path


def test_the_owner_types_the_code_signs_in_allows_and_goes_back_to_the_device(flow: Flow, device: Device) -> None:
    told = device.start()
    path = consent(flow, told)
    signing_in = flow.browser.get(path, follow_redirects=True)
    assert "Neem CRM asks to be connected." in signing_in.text
    said = {"csrf_token": csrf(signing_in.text), "email": flow.world.email, "password": PASSWORD}
    assert urlsplit(flow.browser.post("/sign-in", data=said).location).path == path
    page = flow.browser.get(path).text
    assert "Did you start this on your own device?" in page
    assert page.count(told["user_code"]) == 2
    assert "Either way you go on to" not in page
    answer = flow.decide(path, ticked=["offline_access"])
    assert (answer.status_code, urlsplit(answer.location).path) == (303, path.replace("/consent/", "/device/"))
    done = flow.browser.get(answer.location).text
    assert "You can go back to your device" in done and "Neem CRM is connected." in done
    assert device.poll(told).status_code == 200


def test_a_device_may_say_who_is_expected_and_ask_for_a_new_sign_in(owner: Flow, device: Device) -> None:
    path = consent(owner, device.start(prompt="login", login_hint="asha@example.in"))
    assert urlsplit(owner.browser.get(path).location).path == "/sign-in/confirm"
    stranger = Flow(owner.app, owner.world)
    signing_in = stranger.browser.get(
        consent(stranger, device.start(login_hint="asha@example.in")), follow_redirects=True
    )
    assert 'value="asha@example.in"' in signing_in.text


def test_who_may_only_look_cannot_connect_a_device(owner: Flow, device: Device) -> None:
    told, viewer = device.start(), Flow(owner.app, owner.world)
    page = viewer.browser.get("/sign-in").text
    said = {"csrf_token": csrf(page), "email": colleague(owner.world, "viewer"), "password": PASSWORD}
    viewer.browser.post("/sign-in", data=said)
    shown = viewer.browser.get(consent(viewer, told)).text
    assert "You cannot allow this yourself" in shown and 'value="allow"' not in shown


def test_the_page_of_consent_of_a_browser_says_nothing_of_devices(app: Flask) -> None:
    there = Flow(app, world.make(calls=3))
    there.sign_in()
    page = there.browser.get(urlsplit(there.authorize().location).path).text
    assert "Either way you go on to" in page and "your own device" not in page and "the device that shows" not in page


def test_a_no_leads_back_to_the_device_as_well(owner: Flow, device: Device) -> None:
    told = device.start()
    answer = owner.decide(consent(owner, told), "deny")
    done = owner.browser.get(answer.location).text
    assert "You can go back to your device" in done and "You did not allow Neem CRM anything" in done
    assert error(device.poll(told)) == "access_denied"
    assert grants.live_of_app(owner.world.account_id, owner.world.app_id) is None


@pytest.mark.parametrize(
    "form", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code[:2]} {code[2:]} "]
)
def test_case_dashes_and_spaces_do_not_matter(owner: Flow, device: Device, form: Any) -> None:
    assert typed(owner, form(device.start()["user_code"])).status_code == 303


def test_a_link_with_the_code_fills_it_in_and_the_person_still_presses_the_button(owner: Flow, device: Device) -> None:
    told = device.start()
    link = urlsplit(told["verification_uri_complete"])
    page = owner.browser.get(f"{link.path}?{link.query}")
    assert page.status_code == 200
    assert f'value="{told["user_code"]}"' in page.text and "Compare the letters before you go on." in page.text
    assert owner.browser.get("/device?user_code=%3Cscript%3E").text.count("script>") == owner.browser.get(
        "/device"
    ).text.count("script>")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "Type the code that your device shows."),
        ("WDJB", "A code has eight letters"),
        ("AEIO-UAEI", "A code has eight letters"),
        ("1234-5678", "A code has eight letters"),
        ("\U0001f4a3" * 8, "A code has eight letters"),
        ("WDJB-MJHT-WDJB", "A code has eight letters"),
        ("B" * 200, "much longer than a code"),
        ("B" * 100_000, "much longer than a code"),
        ("BBBB-BBBB", "No device shows this code at the moment."),
    ],
)
def test_a_code_that_leads_nowhere_says_what_to_do(flow: Flow, code: str, words: str) -> None:
    answer = typed(flow, code)
    assert answer.status_code == 422
    assert words in answer.text


def test_an_expired_code_says_to_start_again_on_the_device(owner: Flow, device: Device, clock: Clock) -> None:
    told = device.start()
    path = consent(owner, told)
    clock.move(seconds=601)
    assert "This code has expired. Start again on your device" in typed(owner, told["user_code"]).text
    gone = owner.browser.get(path)
    assert (gone.status_code, "Start again on your device." in gone.text) == (410, True)


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_a_code_that_was_answered_is_used_up(owner: Flow, device: Device, decision: str, clock: Clock) -> None:
    told = device.start()
    path = consent(owner, told)
    owner.decide(path, decision)
    for _ in range(2):
        assert "This code was used already." in typed(owner, told["user_code"]).text
        assert owner.browser.get(path).status_code == 410
        clock.move(seconds=601)


def test_a_code_opened_in_one_session_is_not_answered_in_another(owner: Flow, device: Device) -> None:
    told = device.start()
    owner.browser.get(consent(owner, told))
    second = Flow(owner.app, owner.world)
    page = second.browser.get("/sign-in").text
    second.browser.post("/sign-in", data={"csrf_token": csrf(page), "email": owner.world.email, "password": PASSWORD})
    assert second.browser.get(consent(second, told)).status_code == 409


def test_the_last_page_is_for_who_answered_and_for_devices_alone(owner: Flow, device: Device, app: Flask) -> None:
    told = device.start()
    request = device.request_id(told)
    path = f"/device/{requests.text_id(request)}"
    browser_flow = Flow(app, world.make())
    code_request = urlsplit(owner.browser.get(browser_flow.authorize_path()).location).path.rpartition("/")[2]
    nothing = (path, f"/device/{code_request}", f"/device/{requests.text_id(ids.new())}", "/device/x")
    assert {owner.browser.get(each).status_code for each in nothing} == {404}
    owner.decide(consent(owner, told))
    assert owner.browser.get(path).status_code == 200
    browser_flow.sign_in()
    assert browser_flow.browser.get(path).status_code == 404


class TestGuessing:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"user_code_rate": "3/minute"}

    def wrong(self, flow: Flow, address: str) -> TestResponse:
        flow.browser.environ_base["REMOTE_ADDR"] = address
        return typed(flow, user_codes.shown("BCDFGHJK"))

    def test_50_wrong_codes_are_counted_by_address_and_the_page_says_when_to_try_again(
        self, flow: Flow, device: Device, clock: Clock
    ) -> None:
        for _ in range(3):
            assert self.wrong(flow, "203.0.113.1").status_code == 422
        refused = self.wrong(flow, "203.0.113.1")
        assert refused.status_code == 429
        seconds = int(refused.headers["Retry-After"])
        assert f"Wait {seconds} seconds, then try again." in refused.text and "<h1" in refused.text
        assert typed(flow, device.start()["user_code"]).status_code == 429
        assert self.wrong(flow, "203.0.113.2").status_code == 422
        clock.move(seconds=61)
        assert self.wrong(flow, "203.0.113.1").status_code == 422

    def test_50_and_by_person_wherever_they_are(self, owner: Flow) -> None:
        answers = [self.wrong(owner, f"203.0.113.{number}") for number in range(4)]
        assert [answer.status_code for answer in answers] == [422, 422, 422, 429]

    def test_right_codes_and_what_is_no_code_are_not_counted(self, owner: Flow, device: Device) -> None:
        for _ in range(4):
            assert typed(owner, device.start()["user_code"]).status_code == 303
            assert typed(owner, "WDJB").status_code == 422
