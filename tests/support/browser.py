"""Debian's Chromium, driven by Playwright. A page that breaks the content security policy or its own script fails its test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, sync_playwright

from tests.support.programs import require

# Without a sandbox because root has none to give; the rest keeps Chromium from calling its maker at every start.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE = 10_000  # milliseconds


class Visitor:
    """Opens pages, each in a browser profile of its own, and notes what the browser complains about."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def __call__(self, *, width: int = 1280, height: int = 900, scripts: bool = True, **context: Any) -> Page:
        """A new page. `scripts=False` is a browser with JavaScript off; the rest goes to Playwright's new_context."""
        profile = self._browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts, **context
        )
        profile.set_default_timeout(_PATIENCE)
        profile.on("console", self._hear)
        profile.on("weberror", lambda error: self.complaints.append(f"script error: {error.error}"))
        self._contexts.append(profile)
        return profile.new_page()

    def close(self) -> None:
        for profile in self._contexts:
            profile.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.complaints.append(f"{message.location.get('url')}: {message.text}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module. Not for the session: Playwright's event loop would stay in the way of tests that run their own."""
    executable = require("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Visitor]:
    """Call it for a page: `open_page(width=360)`, `open_page(scripts=False)`. The test fails if a page complained."""
    visitor = Visitor(browser)
    yield visitor
    visitor.close()
    assert not visitor.complaints, "\n".join(visitor.complaints)


@pytest.fixture
def page(open_page: Visitor) -> Page:
    """A page 1280 pixels wide."""
    return open_page()


def no_sideways_scroll(page: Page) -> bool:
    """Whether the page fits its width; a table may scroll inside its own region."""
    return bool(
        page.locator("html").evaluate("html => html.scrollWidth <= html.clientWidth")
    )  # waits for a page on its way


__all__ = ["Error", "Visitor", "browser", "no_sideways_scroll", "open_page", "page"]
