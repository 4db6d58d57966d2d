"""Apps that registered themselves, on a customer's pages: what is said of them, and who of the account may allow them."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from apps_registry import queries, unverified
from apps_registry.metadata import UNREVIEWED_SCOPES, read
from connect.core import clock as core_clock
from connect.core import database, ids
from tests.customer.test_consent import colleague, live, signed_in
from tests.support import world
from tests.support.flow import Flow, answered

HERE, LOOPBACK = "https://crm.example/callback", "http://127.0.0.1/callback"
SCOPES = ("call_log:read", "numbers:read", "offline_access")


@pytest.fixture
def flow(app: Flask) -> Flow:
    """The owner is signed in, and the app is one that registered itself."""
    return registered(app)


def registered(app: Flask, **changes: Any) -> Flow:
    given = {"client_name": "Agent", "redirect_uris": [HERE], "token_endpoint_auth_method": "none"} | changes
    answer = app.test_client().post("/oauth/register", json=given)
    assert answer.status_code == 201, answer.text
    return before(app, answer.json["client_id"])


def described(app: Flask, **changes: Any) -> Flow:
    """One whose document was read just now."""
    given = {"client_name": "Agent", "redirect_uris": [HERE]} | changes
    with database.unit_of_work() as session:
        until = core_clock.now() + timedelta(days=1)
        client_id = "https://agent.example/client.json"
        unverified.describe(session, client_id, read(given, of_document=True), until)
    return before(app, client_id)


def before(app: Flask, client_id: str) -> Flow:
    page, customer = queries.app_page(queries.app_id_of(client_id)), world.make(calls=3)
    version = page.versions[0].id
    flow = Flow(app, dataclasses.replace(customer, client_id=client_id, app_id=page.id, app_version_id=version))
    flow.sign_in()
    return flow


def ask(flow: Flow, **changes: Any) -> str:
    return urlsplit(flow.authorize(**({"scopes": SCOPES} | changes)).location).path


def text(flow: Flow, path: str) -> str:
    """A page's text, in one line."""
    return " ".join(flow.browser.get(path).text.split())


def test_the_consent_page_says_that_nobody_checked_it_and_where_the_answer_goes(flow: Flow) -> None:
    page = text(flow, ask(flow))
    assert "Nobody has checked this app" in page and "This app registered itself." in page and "Unverified" in page
    assert "Not reviewed, and no purpose stated." in page and "It names none." in page
    assert '<strong class="mono">crm.example</strong>' in page
    assert "program on this device" not in page
    assert "It may keep what it reads" in page and "developer says" not in page


def test_the_consent_page_of_one_with_a_document_names_the_host_that_it_stands_at(app: Flask) -> None:
    flow = described(app, policy_uri="https://agent.example/privacy", client_uri="https://agent.example")
    page = text(flow, ask(flow))
    assert "This app describes itself at agent.example." in page and "Nobody has checked this app" in page
    assert "Read it at agent.example" in page


@pytest.mark.parametrize("uri", [LOOPBACK, "com.example.agent:/cb"])
def test_the_consent_page_warns_where_a_program_on_the_device_gets_the_answer(app: Flask, uri: str) -> None:
    flow = registered(app, redirect_uris=[uri])
    assert "Your answer goes to a program on this device" in text(flow, ask(flow, redirect_uri=uri))


def test_an_app_of_a_team_gets_none_of_these_words(app: Flask) -> None:
    flow = Flow(app, world.make())
    flow.sign_in()
    page = text(flow, urlsplit(flow.authorize().location).path)
    assert "Nobody has checked" not in page and "Unverified" not in page and "is made by Neem Software" in page


def test_nothing_is_required_of_it_and_nothing_ticked_is_a_no(flow: Flow) -> None:
    path = ask(flow)
    assert "What it needs" not in text(flow, path)
    assert "error=access_denied" in flow.decide(path).location
    assert live(flow.world) is None


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_an_owner_or_admin_allows_it_for_the_account_by_saying_yes(app: Flask, flow: Flow, role: str) -> None:
    browser = signed_in(app, colleague(flow.world, role))
    path = ask(flow)
    form = answered(browser.get(path).text, "allow", SCOPES)
    assert "code=" in browser.post(path, data=form).location
    assert live(flow.world).scopes == sorted(SCOPES)


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_nobody_else_of_the_account_can(app: Flask, flow: Flow, role: str) -> None:
    browser = signed_in(app, colleague(flow.world, role))
    path = ask(flow)
    page = browser.get(path).text
    assert "You cannot allow this yourself" in page and 'value="allow"' not in page
    assert "code=" not in (browser.post(path, data=answered(page, "allow", SCOPES)).location or "")
    assert live(flow.world) is None


def test_no_recordings_can_be_asked_whoever_says_yes(flow: Flow) -> None:
    answer = flow.authorize(scopes=("recordings.audio:read", "call_log:read"))
    assert "error=invalid_scope" in answer.location
    assert not {name for name in UNREVIEWED_SCOPES if ".audio" in name or "transcripts" in name}


def test_what_it_changes_while_the_page_is_open_is_said_and_nothing_is_given(app: Flask) -> None:
    flow = described(app)
    path = ask(flow)
    form = answered(flow.browser.get(path).text, "allow", SCOPES)
    change(flow, client_name="Another")
    answer = flow.browser.post(path, data=form)
    assert answer.status_code == 409 and live(flow.world) is None


def test_a_redirect_uri_that_it_gave_up_while_the_page_was_open_gets_no_answer(app: Flask) -> None:
    flow = described(app)
    path = ask(flow)
    form = answered(flow.browser.get(path).text, "allow", SCOPES)
    change(flow, redirect_uris=["https://agent.example/other"])
    answer = flow.browser.post(path, data=form)
    assert answer.status_code == 410 and "crm.example" not in answer.text and live(flow.world) is None


def change(flow: Flow, **changes: Any) -> None:
    given = {"client_name": "Agent", "redirect_uris": [HERE]} | changes
    with database.unit_of_work() as session:
        unverified.describe(session, flow.world.client_id, read(given, of_document=True), core_clock.now())


def test_connected_apps_says_that_it_is_unverified(flow: Flow) -> None:
    allow(flow)
    path = f"/connected-apps/{ids.encode('grant', live(flow.world).id)}"
    for each in ("/connected-apps", path):
        assert "Unverified" in text(flow, each) and "Not reviewed" not in text(flow, each)
    assert "It registered itself; nobody has checked it." in text(flow, path) and "by &" not in text(flow, path)
    assert flow.browser.get(f"{path}/receipts/1").status_code == 200
    assert flow.browser.get(f"{path}/disconnect").status_code == 200


def allow(flow: Flow) -> None:
    """The owner allows all that is asked."""
    assert "code=" in flow.decide(ask(flow), ticked=SCOPES).location


def test_one_that_deleted_its_registration_is_shown_with_the_reason(app: Flask) -> None:
    given = {"client_name": "Agent", "redirect_uris": [HERE], "token_endpoint_auth_method": "none"}
    info = app.test_client().post("/oauth/register", json=given).json
    flow = before(app, info["client_id"])
    allow(flow)
    grant = live(flow.world)
    headers = {"Authorization": f"Bearer {info['registration_access_token']}"}
    assert app.test_client().delete(f"/oauth/register/{info['client_id']}", headers=headers).status_code == 204
    assert live(flow.world) is None
    assert "The app ended its own registration here." in text(flow, "/connected-apps?tab=ended")
    page = text(flow, f"/connected-apps/{ids.encode('grant', grant.id)}")
    assert "The app ended its own registration here." in page and "the app itself" in page
