"""The answer by a form that the browser posts (OAuth 2.0 Form Post Response Mode; checklist 13-15, 20)."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from apps_registry import services as registry
from connect.core import actor, database, settings
from tests.oauth.flow import Flow, query
from tests.support import world
from tests.support.world import REDIRECT_URI

FIELD = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', re.DOTALL)


def form(answer: TestResponse, target: str = REDIRECT_URI) -> dict[str, str]:
    """The fields of the form that would be posted to `target`."""
    assert answer.status_code == 200, answer.text
    assert "Location" not in answer.headers
    assert re.findall(r'method="post" action="([^"]*)"', answer.text) == [html.escape(target)]
    return {name: html.unescape(value) for name, value in FIELD.findall(answer.text)}


def told(flow: Flow, **changes: str | None) -> dict[str, str]:
    return form(flow.ask(response_mode="form_post", **changes), flow.redirect_uri)


@pytest.fixture
def native(app: Flask) -> Flow:
    """An installed app that listens on loopback and has a scheme of its own."""
    made = world.make(kind="native")
    with database.unit_of_work() as session:
        uris = ("http://127.0.0.1/cb", "com.example.neem:/cb")
        registry.set_redirect_uris(session, made.app_id, uris, actor.SYSTEM)
    return Flow(app, made)


def test_13_iss_is_on_success_and_on_errors(flow: Flow) -> None:
    said = flow.answer(flow.request_id(response_mode="form_post"))
    assert said.mode == "form_post" and said.parameters["iss"] == settings.current().base_url
    assert flow.exchange(said.parameters["code"]).status_code == 200
    assert told(flow, scope="nothing:read")["iss"] == settings.current().base_url


@pytest.mark.parametrize("state", ["s", "<\"&'> é\u202e 😀 %41+\t\\", "x" * 4096, None])
def test_14_state_comes_back_as_it_was_sent_or_not_at_all(flow: Flow, state: str | None) -> None:
    said = flow.answer(flow.request_id(response_mode="form_post", state=state))
    assert said.parameters.get("state") == state
    assert told(flow, scope="nothing:read", state=state).get("state") == state


def test_15_a_denial_is_access_denied(flow: Flow) -> None:
    said = flow.decline(flow.request_id(response_mode="form_post"))
    assert (said.mode, said.parameters["error"], said.parameters["state"]) == (
        "form_post",
        "access_denied",
        "the state",
    )
    assert "code" not in said.parameters


def test_20_no_error_is_posted_to_an_address_that_is_not_registered(flow: Flow) -> None:
    for uri in ("https://evil.example/", "javascript:alert(1)", None):
        answer = flow.ask(response_mode="form_post", redirect_uri=uri, scope="nothing:read")
        assert answer.status_code == 400 and "<form" not in answer.text


def test_a_pushed_request_is_answered_in_the_mode_it_names(flow: Flow) -> None:
    request_uri = flow.push(response_mode="form_post").json["request_uri"]
    assert flow.answer(flow.id_in(flow.bring(request_uri).location)).mode == "form_post"
    waiting = flow.push(response_mode="form_post", prompt="none").json["request_uri"]
    assert form(flow.bring(waiting))["error"] == "login_required"
    assert flow.push(response_mode="jwt").json["error"] == "invalid_request"


def test_a_redirect_uri_on_loopback_gets_a_form_and_keeps_its_port(native: Flow) -> None:
    native.redirect_uri = "http://127.0.0.1:51004/cb"
    assert told(native, scope="nothing:read")["error"] == "invalid_scope"


def test_a_private_scheme_gets_no_form_and_is_told_so_by_redirect(native: Flow) -> None:
    native.redirect_uri = "com.example.neem:/cb"
    said = native.ask(response_mode="form_post")
    assert said.status_code == 303 and said.location.startswith("com.example.neem:/cb?")
    assert query(said.location)["error"] == "invalid_request"
    assert native.answer(native.request_id(response_mode="query")).location.startswith("com.example.neem:/cb?code=")


@pytest.mark.parametrize("mode", ["fragment", "FORM_POST", "form_post.jwt", "form_post query", "x" * 9000])
def test_another_mode_is_told_by_redirect(flow: Flow, mode: str) -> None:
    said = query(flow.ask(response_mode=mode).location)
    assert said["error"] == "invalid_request" and "form_post" in said["error_description"]


def test_two_modes_are_none(flow: Flow) -> None:
    answer = flow.ask_raw(flow.asked_as_text() + "&response_mode=form_post&response_mode=query")
    assert query(answer.location)["error"] == "invalid_request"


def test_the_page_is_kept_by_nobody_and_runs_no_script_but_ours(flow: Flow) -> None:
    answer = flow.ask(response_mode="form_post", scope="nothing:read")
    policy = answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "script-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|javascript:", answer.text)
    assert answer.mimetype == "text/html" and "<button" in answer.text
