"""Suspension, health and the development mailbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

import pytest

from apps_registry import clients, queries, unverified
from apps_registry.metadata import read
from apps_registry.services import Registered
from connect.core import clock as core_clock
from connect.core import health, ids, mail
from connect.core import settings as core_settings
from tests.support import registry
from tests.support.clock import Clock
from tests.support.visitor import Visitor

Visit = Callable[[], Visitor]


@pytest.fixture
def made(database: ModuleType) -> Registered:
    return registry.app(registry.team())


def staff(visit: Visit, role: str) -> Visitor:
    registry.person(f"{role}@voicetree.example", (role, {}))
    browser = visit()
    browser.sign_in(f"{role}@voicetree.example")
    return browser


@pytest.mark.parametrize("role", ["reviewer", "operator"])
def test_reviewers_and_operators_suspend_and_reinstate_with_a_reason(visit: Visit, made: Registered, role: str) -> None:
    browser, path = staff(visit, role), f"/staff/apps/{made.app.client_id}/suspend"
    assert browser.send(path, {"reason": " "}).status_code == 422
    assert browser.send(path, {"reason": "Odd reading."}).status_code == 303
    client = clients.find_client(made.app.client_id)
    assert client is not None and not client.usable and client.state_reason == "Odd reading."
    assert "Reinstate" in browser.get("/staff/apps").get_data(as_text=True)
    assert browser.send(path, {"reason": "Mended."}).status_code == 303
    assert queries.app_page(made.app.id).state == "draft"


def test_a_suspension_asks_for_a_fresh_sign_in(visit: Visit, made: Registered, clock: Clock) -> None:
    browser = staff(visit, "operator")
    clock.move(minutes=11)
    assert browser.get(f"/staff/apps/{made.app.client_id}/suspend").location == "/sign-in/confirm"
    confirmed = browser.send("/sign-in/confirm", {"password": registry.PASSWORD})
    assert confirmed.location.endswith(f"/staff/apps/{made.app.client_id}/suspend")


def test_a_staff_auditor_and_a_customer_cannot_open_the_staffs_pages(visit: Visit, made: Registered) -> None:
    registry.person("asha@sharma.example", ("owner", {"account_id": registry.account()}))
    customer, auditor = visit(), staff(visit, "auditor")
    customer.sign_in("asha@sharma.example")
    for browser in (customer, auditor):
        for page in (
            "/staff/apps",
            "/staff/reviews",
            "/staff/health",
            "/staff/mailbox",
            f"/staff/apps/{made.app.client_id}/suspend",
        ):
            assert browser.get(page).status_code == 403


def test_an_app_that_does_not_exist_cannot_be_suspended(visit: Visit, database: ModuleType) -> None:
    browser = staff(visit, "operator")
    for wrong in ("x", "app_x", "app_00000000000000000000000000"):
        assert browser.get(f"/staff/apps/{wrong}/suspend").status_code == 404


def test_the_health_page_says_what_works_and_what_is_silent(visit: Visit, database: ModuleType, clock: Clock) -> None:
    browser = staff(visit, "operator")
    health.beat("sealer")
    page = browser.get("/staff/health").get_data(as_text=True)
    assert "sealer" in page and "working" in page and database.dialect() in page
    clock.move(minutes=2)
    assert "silent" in browser.get("/staff/health").get_data(as_text=True)


def test_the_mailbox_is_for_development_only(visit: Visit, database: ModuleType) -> None:
    browser = staff(visit, "operator")
    with database.unit_of_work() as session:
        mail.send(session, "asha@sharma.example", "Dialler is connected", "You allowed it.", "receipt")
    page = browser.get("/staff/mailbox").get_data(as_text=True)
    assert "Dialler is connected" in page and "You allowed it." in page
    core_settings.activate(replace(core_settings.current(), mode="production"))
    assert browser.get("/staff/mailbox").status_code == 404


def test_an_app_without_a_team_is_listed_and_can_be_suspended_also_where_its_client_id_is_an_address(
    visit: Visit, database: ModuleType
) -> None:
    given = read({"client_name": "Agent", "redirect_uris": ["https://agent.example/cb"]}, of_document=True)
    with database.unit_of_work() as session:
        app = unverified.describe(session, "https://agent.example/client.json", given, core_clock.now())
        other = unverified.register(session, replace(given, name="Other")).app
    browser = staff(visit, "operator")
    page = browser.get("/staff/apps").get_data(as_text=True)
    assert "Agent" in page and "agent.example" in page and "Registered itself" in page and "Unverified" in page
    for one in (app, other):
        path = f"/staff/apps/{ids.encode('app', one.id)}/suspend"
        assert browser.send(path, {"reason": "It lies."}).status_code == 303
        assert queries.app_page(one.id).state == "suspended"
        assert browser.send(path, {"reason": "It does not."}).status_code == 303
        assert queries.app_page(one.id).state == "unverified"
