"""Home, connected apps, one app, disconnecting, receipts: a business's own, by its own people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from connect.accounts import people
from connect.core import actor, database, ids
from connect.grants import backing, services
from connect.ledger import sealer
from tests.customer.test_consent import colleague, signed_in
from tests.support import world
from tests.support.clock import Clock
from tests.support.entries import entries
from tests.support.flow import Flow, csrf


@pytest.fixture
def flow(app: Flask) -> Flow:
    """The owner connected the app, and it has read one page of calls."""
    made = Flow(app, world.make(calls=20))
    made.connect(ticked=["contacts:read", "offline_access"])
    made.read(limit=10)
    return made


def path_of(flow: Flow) -> str:
    return f"/connected-apps/{flow.read('/v1/grant').get_json()['id']}"


def disconnect(browser: Any, path: str) -> Any:
    page = browser.get(f"{path}/disconnect")
    return browser.post(f"{path}/disconnect", data={"csrf_token": csrf(page.text)})


def test_home_leads_to_connected_apps_in_one_step(flow: Flow) -> None:
    page = flow.browser.get("/home")
    assert page.status_code == 200 and "/connected-apps" in page.text and "Neem CRM" in page.text


def test_the_card_says_who_allowed_it_until_when_and_the_last_read(flow: Flow) -> None:
    page = flow.browser.get("/connected-apps").text
    assert "Asha Rao" in page and "10 records" in page and "Connected" in page


def test_one_app_shows_what_it_read_field_by_field_and_what_was_refused(flow: Flow) -> None:
    page = flow.browser.get(path_of(flow)).text
    assert "Caller&#39;s number" in page and "partly hidden" in page
    assert "call_log.numbers:read" in page  # refused
    assert "10 records" in page


def test_disconnecting_says_what_follows_and_holds_at_once(flow: Flow) -> None:
    path = path_of(flow)
    assert "not deleted by this" in flow.browser.get(f"{path}/disconnect").text
    assert disconnect(flow.browser, path).status_code == 303
    assert flow.read().status_code == 401
    assert flow.refresh(flow.tokens["refresh_token"]).status_code == 400
    ended = flow.browser.get("/connected-apps?tab=ended").text
    assert "Disconnected" in ended


def test_disconnecting_twice_says_that_it_was_done_already(flow: Flow) -> None:
    path = path_of(flow)
    disconnect(flow.browser, path)
    again = flow.browser.post(
        f"{path}/disconnect", data={"csrf_token": csrf(flow.browser.get(f"{path}/disconnect").text)}
    )
    assert again.status_code == 303
    assert "has ended already" in flow.browser.get(again.location).text


@pytest.mark.parametrize(("role", "status"), [("admin", 303), ("member", 403), ("viewer", 403)])
def test_who_may_disconnect_follows_the_role_table(app: Flask, flow: Flow, role: str, status: int) -> None:
    browser = signed_in(app, colleague(flow.world, role))
    path = path_of(flow)
    assert browser.get(path).status_code == 200
    token = csrf(browser.get("/profile").text)
    assert browser.post(f"{path}/disconnect", data={"csrf_token": token}).status_code == status


def press(browser: Any, path: str, button: str) -> Any:
    """Press Pause or Resume on the app's page, without JavaScript: the form that stands there."""
    page = browser.get(path).text
    assert f'action="{path}/{button}"' in page, f"no button {button}"
    return browser.post(f"{path}/{button}", data={"csrf_token": csrf(page)})


def test_a_paused_app_is_refused_until_it_is_resumed_and_the_page_says_what_happened(flow: Flow) -> None:
    path = path_of(flow)
    assert "It reads nothing from its next request on, until you resume it;" in flow.browser.get(path).text
    answer = press(flow.browser, path, "pause")
    assert answer.status_code == 303
    page = flow.browser.get(answer.location).text
    assert "Neem CRM is paused. Its next request will be refused" in page
    assert f'action="{path}/pause"' not in page
    assert flow.read().get_json()["type"].endswith("/grant-paused")
    answer = press(flow.browser, path, "resume")
    assert "Neem CRM can read again" in flow.browser.get(answer.location).text
    assert flow.read().status_code == 200
    grant_id = ids.decode("grant", path.rsplit("/", 1)[1])
    written = [(entry.members["event"], entry.person_id) for entry in entries(grant_id=grant_id, type="grant")]
    assert written == [(event, flow.world.person_id) for event in ("given", "paused", "resumed")]


def test_a_second_press_of_pause_changes_nothing(flow: Flow) -> None:
    path = path_of(flow)
    token = {"csrf_token": csrf(flow.browser.get(path).text)}
    assert [flow.browser.post(f"{path}/pause", data=token).status_code for _ in range(2)] == [303, 303]
    assert flow.browser.get(f"{path}/receipts/2").status_code == 200
    assert flow.browser.get(f"{path}/receipts/3").status_code == 404


def test_what_has_ended_is_neither_paused_nor_resumed(flow: Flow) -> None:
    path = path_of(flow)
    disconnect(flow.browser, path)
    page = flow.browser.get(path).text
    assert "/pause" not in page and "/resume" not in page
    token = csrf(flow.browser.get("/profile").text)
    for button in ("pause", "resume"):
        answer = flow.browser.post(f"{path}/{button}", data={"csrf_token": token})
        assert "has ended already" in flow.browser.get(answer.location).text
    assert "Disconnected" in flow.browser.get(path).text


@pytest.mark.parametrize("button", ["pause", "resume"])
def test_a_form_without_its_token_neither_pauses_nor_resumes(flow: Flow, button: str) -> None:
    path = path_of(flow)
    assert flow.browser.post(f"{path}/{button}").status_code == 403
    assert flow.browser.get(f"{path}/receipts/2").status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [("admin", 303), ("member", 403), ("viewer", 403), ("account_auditor", 403)]
)
def test_who_may_pause_and_resume_follows_the_role_table(app: Flask, flow: Flow, role: str, status: int) -> None:
    browser, path = signed_in(app, colleague(flow.world, role)), path_of(flow)
    token = {"csrf_token": csrf(browser.get("/profile").text)}
    assert ("/pause" in browser.get(path).text) == (role == "admin")
    assert browser.post(f"{path}/pause", data=token).status_code == status
    flow.browser.post(f"{path}/pause", data={"csrf_token": csrf(flow.browser.get(path).text)})
    assert ("/resume" in browser.get(path).text) == (role == "admin")
    assert browser.post(f"{path}/resume", data=token).status_code == status


def test_who_may_not_resume_is_told_who_can(app: Flask, flow: Flow) -> None:
    path = path_of(flow)
    press(flow.browser, path, "pause")
    page = signed_in(app, colleague(flow.world, "viewer")).get(path).text
    assert "until an owner or admin resumes it" in page


def test_another_businesss_connection_does_not_exist_here(app: Flask, flow: Flow) -> None:
    path, stranger = path_of(flow), Flow(app, world.make(name="Tulsi Clinic"))
    stranger.sign_in()
    token = csrf(stranger.browser.get("/profile").text)
    assert stranger.browser.get(path).status_code == 404
    for act in ("disconnect", "pause", "resume"):
        assert stranger.browser.post(f"{path}/{act}", data={"csrf_token": token}).status_code == 404
    assert stranger.browser.get(f"{path}/receipts/1").status_code == 404
    assert flow.read().status_code == 200


@pytest.mark.parametrize("text", ["x", "grant_", "grant_" + "0" * 26, "अ", "%2e%2e"])
def test_a_connection_that_is_none_is_a_page_that_says_so(flow: Flow, text: str) -> None:
    assert flow.browser.get(f"/connected-apps/{text}").status_code == 404


def test_each_act_has_a_receipt_with_its_ledger_entry(flow: Flow) -> None:
    path = path_of(flow)
    disconnect(flow.browser, path)
    sealer.seal_once(publish=True)
    page = flow.browser.get(f"{path}/receipts/2")
    assert page.status_code == 200 and "entry_" in page.text
    receipt = flow.browser.get(f"{path}/receipts/1.json").get_json()
    assert receipt["event"] == "given" and "call_log.numbers:read" in receipt["refused"]
    assert receipt["notice_hash"] and receipt["ledger"]["leaf_index"] is not None
    assert flow.browser.get(f"{path}/receipts/3").status_code == 404


def test_a_paused_app_and_an_expired_one_say_so(flow: Flow, clock: Clock) -> None:
    path = path_of(flow)
    grant_id = ids.decode("grant", path.rsplit("/", 1)[1])
    with database.unit_of_work() as session:
        services.pause(session, flow.world.account_id, grant_id, flow.world.actor)
    assert "Paused" in flow.browser.get(path).text
    clock.move(days=91)
    flow.sign_in()
    assert "Expired" in flow.browser.get(path).text


def test_after_a_key_was_used_twice_the_card_says_so_until_the_app_is_connected_again(flow: Flow, clock: Clock) -> None:
    flow.refresh(flow.tokens["refresh_token"])
    path = path_of(flow)
    assert "Connect it again" not in flow.browser.get("/connected-apps").text
    clock.move(seconds=11)
    assert flow.refresh(flow.tokens["refresh_token"]).status_code == 400
    assert "Connect it again" in flow.browser.get("/connected-apps").text
    assert "Connect it again" in flow.browser.get(path).text
    flow.connect()
    assert "Connect it again" not in flow.browser.get("/connected-apps").text


def test_a_connection_that_ended_need_not_be_connected_again(flow: Flow, clock: Clock) -> None:
    path = path_of(flow)
    flow.refresh(flow.tokens["refresh_token"])
    clock.move(seconds=11)
    flow.refresh(flow.tokens["refresh_token"])
    disconnect(flow.browser, path)
    assert "Connect it again" not in flow.browser.get("/connected-apps?tab=ended").text


def test_the_number_of_statements_does_not_grow_with_connections(app: Flask, flow: Flow, count_queries: Any) -> None:
    flow.browser.get("/connected-apps")
    with count_queries() as one:
        flow.browser.get("/connected-apps")
    others = [world.make(name=f"Other {number}") for number in range(3)]
    for other in others:
        world.give(replace(other, account_id=flow.world.account_id, person_id=flow.world.person_id))
    with count_queries() as four:
        page = flow.browser.get("/connected-apps").text
    assert page.count("Ends by itself") == 4 and len(four) == len(one)


def test_the_number_of_statements_does_not_grow_with_what_was_read(flow: Flow, count_queries: Any) -> None:
    path = path_of(flow)
    flow.browser.get(path)
    with count_queries() as few:
        flow.browser.get(path)
    for _ in range(5):
        flow.read(limit=5)
    with count_queries() as many:
        flow.browser.get(path)
    assert len(many) == len(few)


def leave(flow: Flow) -> None:
    """The owner who allowed the app is no owner any more."""
    with database.unit_of_work() as session:
        people.take_role_at(session, flow.world.person_id, "owner", actor.SYSTEM, account_id=flow.world.account_id)


@pytest.mark.parametrize("where", ["/connected-apps", ""])
def test_46_an_owner_confirms_with_one_press_what_somebody_allowed_who_left(
    app: Flask, flow: Flow, clock: Clock, where: str
) -> None:
    path, browser = path_of(flow), signed_in(app, colleague(flow.world, "owner"))
    assert f'action="{path}/confirm"' not in browser.get(path).text
    leave(flow)
    assert flow.read().status_code == 200
    page = browser.get(where or path).text
    assert "Please confirm Neem CRM" in page and "Asha Rao, who allowed this" in page
    assert f'action="{path}/confirm"' in page
    answer = browser.post(f"{path}/confirm", data={"csrf_token": csrf(page)})
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "Neem CRM goes on, and you stand behind it." in page and "Confirmed" in page
    assert "Please confirm" not in page
    assert flow.read().status_code == 200


@pytest.mark.parametrize(("role", "status"), [("admin", 303), ("member", 403), ("viewer", 403)])
def test_46_who_may_confirm_follows_the_role_table(app: Flask, flow: Flow, role: str, status: int) -> None:
    path, browser = path_of(flow), signed_in(app, colleague(flow.world, role))
    leave(flow)
    page = browser.get(path).text
    assert (f'action="{path}/confirm"' in page) == (role == "admin")
    assert ("Ask an owner or admin to confirm it." in page) == (role != "admin")
    token = csrf(browser.get("/profile").text)
    assert browser.post(f"{path}/confirm", data={"csrf_token": token}).status_code == status


def test_46_what_nobody_confirmed_reads_nothing_until_an_owner_resumes_it(app: Flask, flow: Flow, clock: Clock) -> None:
    path, owner = path_of(flow), colleague(flow.world, "owner")
    leave(flow)
    clock.move(days=15)
    with database.unit_of_work() as session:
        assert backing.run_due(session, 10) == 1
    refreshed = flow.refresh(flow.tokens["refresh_token"]).get_json()
    assert flow.read(token=refreshed["access_token"]).get_json()["type"].endswith("/grant-paused")
    browser = signed_in(app, owner)
    assert "whoever resumes it stands behind it" in browser.get(path).text
    press(browser, path, "resume")
    assert flow.read(token=refreshed["access_token"]).status_code == 200
