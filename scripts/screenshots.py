"""Takes the pictures of the README from a demo of its own: `make screenshots`.

Starts the demo in a folder that goes afterwards, then walks the product's story in Chromium as a person would.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browser import FLAGS
from tests.support.programs import require

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
_PATIENCE = 180.0  # seconds until the demo is loaded and answers


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with _demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=require("chromium"), args=FLAGS)
        _customer(_page(browser), demo)
        _auditor(_page(browser), demo)
        browser.close()


@contextmanager
def _demo() -> Iterator[dict[str, Any]]:
    """The demo, running; its document."""
    with tempfile.TemporaryDirectory(prefix="connect-screenshots-") as folder:
        environment = os.environ | {
            "CONNECT_DATA_DIR": folder,
            "CONNECT_DATABASE_URL": f"sqlite:///{folder}/connect.db",
        }
        command = [sys.executable, "-m", "connect.cli.main", "demo", "--serve"]
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            _wait(running)
            yield json.loads((Path(folder) / "demo.json").read_text())
        finally:
            running.terminate()
            running.wait()


def _wait(running: subprocess.Popen[str]) -> None:
    """The demo says what to do next once everything answers."""
    assert running.stdout is not None
    end = time.monotonic() + _PATIENCE
    for line in running.stdout:
        if line.strip().startswith("Next:"):
            return
        if time.monotonic() > end:
            break
    raise RuntimeError("the demo did not start")


def _page(browser: Browser) -> Page:
    return browser.new_page(viewport={"width": 1280, "height": 1100}, device_scale_factor=1)


def _customer(page: Page, demo: dict[str, Any]) -> None:
    """Connect the CRM, let it read, and look at what it read."""
    page.goto(demo["crm_url"])
    page.get_by_role("link", name="Connect VoiceTree").click()
    _sign_in(page, _person(demo, "owner"))
    if page.get_by_role("button", name=demo["accounts"][0]["name"]).count():
        page.get_by_role("button", name=demo["accounts"][0]["name"]).click()
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=IMAGES / "consent.png")
    page.locator("input[name=scope]").first.check()
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_url(f"{demo['crm_url']}/**")
    page.goto(f"{demo['crm_url']}/calls")
    page.goto(f"{demo['base_url']}/connected-apps")
    page.get_by_role("link", name="Neem CRM").click()
    page.screenshot(path=IMAGES / "connected-apps.png")


def _auditor(page: Page, demo: dict[str, Any]) -> None:
    """What the vendor's auditor sees of it."""
    page.goto(f"{demo['base_url']}/sign-in")
    _sign_in(page, _person(demo, "auditor"))
    page.get_by_role("heading", name="Ledger", exact=True).wait_for()
    page.screenshot(path=IMAGES / "auditor.png")


def _sign_in(page: Page, person: dict[str, Any]) -> None:
    page.get_by_label("E-mail").fill(person["email"])
    page.get_by_label("Password").fill(person["password"])
    page.get_by_role("button", name="Sign in").click()


def _person(demo: dict[str, Any], role: str) -> dict[str, Any]:
    return next(person for person in demo["people"] if person["role"] == role)


if __name__ == "__main__":
    main()
