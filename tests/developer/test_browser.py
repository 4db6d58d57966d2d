"""A developer and two reviewers in Chromium, by the visible text alone: with a wide screen, and on a phone with JavaScript off."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps_registry import queries
from tests.support import registry
from tests.support.browser import no_sideways_scroll
from tests.support.servers import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]
SIZES = [{"width": 1280, "scripts": True}, {"width": 360, "height": 640, "scripts": False}]


@pytest.fixture(params=SIZES, ids=["wide", "phone without scripts"])
def browser_page(request: pytest.FixtureRequest, open_page: Callable[..., Page]) -> Callable[[], Page]:
    """Call it for the browser of another person."""
    return lambda: open_page(**request.param)


def sign_in(page: Page, server: LiveServer, email: str) -> None:
    page.goto(server.url)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(registry.PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def register(page: Page) -> None:
    page.get_by_role("link", name="New app").first.click()
    page.get_by_label("Name", exact=True).fill("Dialler")
    page.get_by_label("Legal name of the developer").fill("Dialler Private Limited")
    page.get_by_label("Privacy policy").fill("https://dialler.example/privacy")
    page.get_by_label("Web app with a server").check()
    page.get_by_label("Redirect URIs").fill("https://dialler.example/callback")
    group = page.get_by_role("group", name="call_log:read")
    group.get_by_label("Required").check()
    page.get_by_role("button", name="Register the app").click()


def test_an_app_goes_from_a_form_to_published_by_what_the_pages_say(
    live_server: LiveServer, browser_page: Callable[[], Page]
) -> None:
    registry.person("dev@dialler.example", ("developer", {"team_id": registry.team()}), name="Dev Rao")
    registry.person("meera@voicetree.example", ("reviewer", {}), name="Meera Shah")
    developer, reviewer = browser_page(), browser_page()

    sign_in(developer, live_server, "dev@dialler.example")
    register(developer)
    expect(developer.get_by_text("It is shown this once")).to_be_visible()
    assert re.search(r"vts_[A-Za-z0-9_-]{49}", developer.content())
    assert no_sideways_scroll(developer)
    developer.reload()
    expect(developer.get_by_text("It is shown this once")).to_have_count(0)

    developer.get_by_role("button", name="Submit for review").click()
    expect(developer.get_by_text("In review").first).to_be_visible()

    sign_in(reviewer, live_server, "meera@voicetree.example")
    reviewer.get_by_role("link", name="Dialler").click()
    assert no_sideways_scroll(reviewer)
    reviewer.get_by_label("Approve").check()
    reviewer.get_by_role("button", name="Decide").click()
    expect(reviewer.get_by_text("Nothing waits for a review")).to_be_visible()

    developer.reload()
    expect(developer.get_by_text("Published").first).to_be_visible()
    assert [line.state for line in queries.apps()] == ["published"]


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, True), (360, False)])
def test_a_team_looks_at_what_customers_will_see_and_can_change_nothing_there(
    live_server: LiveServer, open_page: Callable[..., Page], width: int, scripts: bool
) -> None:
    team = registry.team()
    registry.person("dev@dialler.example", ("developer", {"team_id": team}), name="Dev Rao")
    registry.app(team)
    page = open_page(width=width, scripts=scripts)
    sign_in(page, live_server, "dev@dialler.example")
    page.get_by_role("link", name="Dialler").first.click()
    page.get_by_role("link", name="What customers will see").click()
    expect(page.get_by_role("heading", name="May Dialler see the calls of Example Traders?")).to_be_visible()
    expect(page.get_by_text("Shows who called.")).to_be_visible()
    expect(page.get_by_text("These rows are made up.")).to_be_visible()
    expect(page.get_by_text("+91••••••10").first).to_be_visible()
    assert page.locator("main").locator("input:enabled, button:enabled").count() == 0
    assert no_sideways_scroll(page)
    page.get_by_role("link", name="Show it with every box ticked").click()
    expect(page.get_by_text("+915000000010").first).to_be_visible()
    expect(page.get_by_role("checkbox").first).to_be_checked()
    assert no_sideways_scroll(page)
