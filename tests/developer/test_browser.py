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
