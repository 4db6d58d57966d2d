"""The customer's pages in Chromium: pausing and resuming an app, and a box that a role does not reach."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from apps_registry import services as registry
from connect.core import actor, database, ids
from tests.customer.test_consent import RESTRICTED, colleague
from tests.support import world
from tests.support.browser import Visitor, no_sideways_scroll
from tests.support.flow import PASSWORD, Flow, set_password
from tests.support.servers import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]

WIDTHS = pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, True), (360, False)])


def sign_in(page: Page, server: LiveServer, email: str) -> None:
    page.goto(f"{server.url}/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@WIDTHS
def test_an_app_is_paused_and_resumed_with_a_button_each(
    live_server: LiveServer, open_page: Visitor, width: int, scripts: bool
) -> None:
    there = world.make(calls=3)
    set_password(there)
    grant = world.give(there)
    page = open_page(width=width, scripts=scripts)
    sign_in(page, live_server, there.email)
    page.goto(f"{live_server.url}/connected-apps/{ids.encode('grant', grant.id)}")
    expect(page.get_by_text("It reads nothing from its next request on")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Neem CRM is paused. Its next request will be refused")).to_be_visible()
    assert no_sideways_scroll(page)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Neem CRM can read again")).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert no_sideways_scroll(page)


@WIDTHS
def test_an_admin_cannot_tick_what_an_owner_can_and_reads_so_at_the_box(
    live_server: LiveServer, open_page: Visitor, width: int, scripts: bool
) -> None:
    there = world.make(calls=3, asked=RESTRICTED)
    email = colleague(there, "admin")
    with database.unit_of_work() as session:
        registry.add_tester(session, there.app_id, there.account_id, actor.SYSTEM)
    page = open_page(width=width, scripts=scripts)
    sign_in(page, live_server, email)
    asked = Flow(live_server.app, there).authorize_path(["call_log:read", "recordings.audio:read"])
    page.goto(f"{live_server.url}{asked}")
    box = page.locator("input[value='recordings.audio:read']")
    expect(box).to_be_disabled()
    expect(page.locator("li", has=box)).to_contain_text("Your role cannot allow this; an owner can.")
    assert no_sideways_scroll(page)
