"""Every sample page in Chromium: nothing for axe to find under WCAG 2.2 AA, no sideways scroll, and the enhancements at work."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.pages.gallery import SAMPLES
from tests.support.browser import Visitor, no_sideways_scroll

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]
AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = """one => { const { color, backgroundColor, borderColor, fontWeight, fontSize } = getComputedStyle(one);
    return [one.offsetWidth, one.offsetHeight, color, backgroundColor, borderColor, fontWeight, fontSize]; }"""
FIRST = ("signin/sign-in", "customer/consent", "customer/connected-app", "auditor/console", "developer/app")


def complaints(page: Page) -> list[str]:
    """What axe says against the page."""
    page.evaluate(f"{AXE};0")
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    return [
        f"{item['id']}: {node['target']} {node['failureSummary']}"
        for item in found["violations"]
        for node in item["nodes"]
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    gallery_url: str, open_page: Visitor, width: int, scheme: str
) -> None:
    page = open_page(width=width, color_scheme=scheme)
    found = {}
    for name in SAMPLES:
        page.goto(f"{gallery_url}/{name}")
        found[name] = complaints(page) + [f"wider than {width}"] * (not no_sideways_scroll(page))
    assert {name: said for name, said in found.items() if said} == {}


def test_nothing_scrolls_sideways_at_four_times_the_size_and_without_javascript(
    gallery_url: str, open_page: Visitor
) -> None:
    page = open_page(width=320, scripts=False)
    wide = []
    for name in SAMPLES:
        page.goto(f"{gallery_url}/{name}")
        if not no_sideways_scroll(page):
            wide.append(name)
    assert wide == []


@pytest.mark.parametrize("name", FIRST)
def test_everything_that_can_be_pressed_has_room_for_a_finger(gallery_url: str, open_page: Visitor, name: str) -> None:
    page = open_page(width=360)
    page.goto(f"{gallery_url}/{name}")
    sizes = page.locator(".button, input:not([type=hidden]), select").evaluate_all(
        """all => all.filter(one => one.offsetParent)
        .map(one => [one.outerHTML.slice(0, 80), one.offsetWidth, one.offsetHeight, one.type])"""
    )
    assert sizes
    for what, width, height, kind in sizes:
        assert min(width, height) >= (24 if kind in {"checkbox", "radio"} else 44), what


def test_an_error_summary_takes_the_focus_and_leads_to_the_field(gallery_url: str, page: Page) -> None:
    page.goto(f"{gallery_url}/signin/sign-in-refused")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Enter your e-mail address.").click()
    assert page.evaluate("location.hash") == "#email"


def test_the_first_tab_offers_to_skip_to_the_content(gallery_url: str, page: Page) -> None:
    page.goto(f"{gallery_url}/customer/home")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()


def test_a_value_can_be_copied_where_there_is_a_clipboard(gallery_url: str, open_page: Visitor) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.clock.install()  # the word "Copied" goes away by itself after a while
    page.goto(f"{gallery_url}/developer/app-fresh")
    page.get_by_role("button", name="Client secret").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("vts_")
    page.clock.run_for(2_100)
    expect(page.get_by_role("button", name="Copied")).to_have_count(0)


def test_without_javascript_there_is_no_copy_button(gallery_url: str, open_page: Visitor) -> None:
    page = open_page(scripts=False)
    page.goto(f"{gallery_url}/developer/app-fresh")
    assert page.locator(".code-copy:visible").count() == 0


def test_a_form_sent_twice_in_a_row_is_sent_once(gallery_url: str, page: Page) -> None:
    page.goto(f"{gallery_url}/customer/revoke")
    sent = page.evaluate(
        """() => { const form = document.querySelector("main form"); let sent = 0;
        addEventListener("submit", event => { if (!event.defaultPrevented) sent += 1; event.preventDefault(); });
        form.requestSubmit(); form.requestSubmit(); return sent; }"""
    )
    assert sent == 1


class TestConsent:
    """The consent page: same buttons, neither focused, the preview renewed without leaving the page."""

    def test_allow_and_do_not_allow_have_the_same_size_and_look_and_neither_has_the_focus(
        self, gallery_url: str, page: Page
    ) -> None:
        page.goto(f"{gallery_url}/customer/consent")
        buttons = page.get_by_role("button", name="Allow", exact=True), page.get_by_role("button", name="Do not allow")
        looks = [button.evaluate(LOOK) for button in buttons]
        assert looks[0] == looks[1]
        assert page.evaluate("document.activeElement === document.body")

    def test_a_ticked_box_renews_the_preview_in_place(self, gallery_url: str, page: Page) -> None:
        page.goto(f"{gallery_url}/customer/consent")
        page.evaluate("document.getElementById('preview').dataset.old = 'yes'")
        with page.expect_request(lambda request: request.method == "POST") as sent:
            page.get_by_label("Notes your team wrote on calls").check()
        page.wait_for_selector("#preview:not([data-old])")
        body = sent.value.post_data or ""
        assert "decision=preview" in body or 'name="decision"' in body
        assert "call_log.notes%3Aread" in body or "call_log.notes:read" in body
        expect(page.get_by_role("status").filter(has_text="The preview was updated.")).to_have_count(1)
        expect(page.get_by_label("Notes your team wrote on calls")).to_be_checked()

    def test_the_preview_stays_in_sight_beside_the_boxes_on_a_wide_screen(self, gallery_url: str, page: Page) -> None:
        page.goto(f"{gallery_url}/customer/consent")
        page.get_by_role("heading", name="For how long, and how much").scroll_into_view_if_needed()
        expect(page.get_by_role("heading", name="What Leadbook CRM would get")).to_be_in_viewport()
