"""The story, as people live it: connect, consent, read, look, disconnect, audit, verify offline, find what was changed."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from connect.core import database
from tests.story.conftest import Stage
from tests.support.browser import Visitor, no_sideways_scroll

_ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.browser, pytest.mark.needs("chromium")]


@pytest.mark.parametrize(
    ("dialect", "width", "scripts"),
    [("sqlite", 1280, True), ("postgresql", 360, True), ("sqlite", 360, False)],
    indirect=["dialect"],
)
def test_the_story_from_connect_to_the_changed_byte(
    stage: Stage, open_page: Visitor, width: int, scripts: bool
) -> None:
    owner = open_page(width=width, height=900 if width > 500 else 640, scripts=scripts)
    connect(owner, stage)
    consent(owner)
    expect(owner.get_by_role("heading", name="Calls")).to_be_visible()
    expect(owner.locator("body")).to_contain_text("••••••")
    look_at_what_was_read(owner, stage)
    disconnect(owner)
    owner.goto(f"{stage.demo['crm_url']}/calls")
    expect(owner.locator("body")).to_contain_text("The customer revoked this grant")

    auditor = open_page(width=width, height=900 if width > 500 else 640, scripts=scripts)
    sign_in(auditor, stage, "auditor", f"{stage.demo['base_url']}/ledger-console")
    bundle = open_an_entry_and_take_its_bundle(auditor, stage)
    key = (
        auditor.locator("code").filter(has_text=re.compile(r"^\s*\S+\+[0-9a-f]{8}\+\S+\s*$")).last.inner_text().strip()
    )
    assert_verifies(bundle, key)

    change_one_byte_of_the_newest_read()
    auditor.goto(f"{stage.demo['base_url']}/ledger-console")
    auditor.get_by_role("button", name="Check now").click()
    expect(auditor.locator("main")).to_contain_text("does not match")
    assert_verifies(bundle, key)
    assert_refused(bundle, "another.example/ledger/1+00000000+" + key.rsplit("+", 1)[1])


def connect(page: Page, stage: Stage) -> None:
    """The owner opens the CRM, presses Connect, and signs in."""
    page.goto(stage.demo["crm_url"])
    page.get_by_role("button", name="Connect VoiceTree").or_(page.get_by_role("link", name="Connect VoiceTree")).click()
    _enter(page, stage.person("owner"))
    page.get_by_label("Neem Traders").or_(page.get_by_role("button", name="Neem Traders")).first.click()
    if "sign-in/account" in page.url:
        page.get_by_role("button", name=re.compile("continue|go on|choose", re.IGNORECASE)).click()


def consent(page: Page) -> None:
    """Own rows stand on the page; one optional scope is ticked, the other left; both answers look alike."""
    expect(page.get_by_role("heading", level=1)).to_contain_text("May Neem CRM see the calls of Neem Traders?")
    assert no_sideways_scroll(page)
    preview = page.locator("#preview")
    expect(preview).to_contain_text("+91••••••")
    page.locator("input[name=scope][value='contacts:read']").check()
    page.get_by_role("button", name="Update preview").click()
    expect(page.locator("input[name=scope][value='contacts:read']")).to_be_checked()
    expect(page.locator("input[name=scope][value='call_log.numbers:read']")).not_to_be_checked()
    allow, deny = page.get_by_role("button", name="Allow", exact=True), page.get_by_role("button", name="Do not allow")
    same = ("height", "font-size", "font-weight", "background-color")
    look = "(button, names) => names.map(name => getComputedStyle(button).getPropertyValue(name))"
    assert allow.evaluate(look, list(same)) == deny.evaluate(look, list(same))
    allow.click()


def look_at_what_was_read(page: Page, stage: Stage) -> None:
    """Connected apps says what the app read, field by field, and what was refused."""
    page.goto(f"{stage.demo['base_url']}/connected-apps")
    page.get_by_role("link", name="Neem CRM").click()
    assert no_sideways_scroll(page)
    main = page.locator("main")
    expect(main.get_by_role("heading", name="What it has read")).to_be_visible()
    expect(main).to_contain_text("Caller's number")
    expect(main).to_contain_text("partly hidden")
    expect(main).to_contain_text("call_log.numbers:read")


def disconnect(page: Page) -> None:
    """Consequences first, then one step."""
    page.get_by_role("link", name=re.compile("Disconnect")).click()
    expect(page.get_by_role("heading", name="What follows")).to_be_visible()
    page.get_by_role("button", name="Disconnect Neem CRM").click()
    expect(page.locator("main")).to_contain_text("is disconnected")


def sign_in(page: Page, stage: Stage, role: str, address: str) -> None:
    page.goto(address)
    _enter(page, stage.person(role))


def open_an_entry_and_take_its_bundle(page: Page, stage: Stage) -> Path:
    """The auditor finds the grant, the reads and the revocation; one entry has its proof; the bundle is downloaded."""
    main = page.locator("main")
    page.goto(f"{stage.demo['base_url']}/ledger-console?type=grant")
    expect(main).to_contain_text("Grant: given")
    expect(main).to_contain_text("Grant: revoked")
    assert no_sideways_scroll(page)
    for _ in range(50):
        page.goto(f"{stage.demo['base_url']}/ledger-console?type=disclosure&channel=api")
        page.locator("main table a[href*='/entries/']").first.click()
        if page.locator(".proof-path").count():
            break
        time.sleep(0.1)
    expect(main).to_contain_text("Proof that it stands in the log")
    expect(main).to_contain_text("As it was sealed")
    with page.expect_download() as download:
        page.get_by_role("button", name="Evidence bundle").click()
    bundle = stage.folder / "bundle.zip"
    download.value.save_as(bundle)
    return bundle


def assert_verifies(bundle: Path, key: str) -> None:
    done = _verify(bundle, key)
    assert done.returncode == 0, done.stdout + done.stderr


def assert_refused(bundle: Path, key: str) -> None:
    assert _verify(bundle, key).returncode not in {0}


def change_one_byte_of_the_newest_read() -> None:
    with database.unit_of_work() as session:
        body = "body || ''" if database.dialect() == "sqlite" else "body"
        newest = session.execute(
            text(f"SELECT id, {body} AS body FROM ledger_entry WHERE type = 'disclosure' ORDER BY id DESC LIMIT 1")
        ).one()
        raw = newest.body.encode() if isinstance(newest.body, str) else bytes(newest.body)
        changed = raw.replace(b'"count":', b'"kount":', 1)
        assert changed != raw
        session.execute(text("UPDATE ledger_entry SET body = :body WHERE id = :id"), {"body": changed, "id": newest.id})


def _enter(page: Page, person: dict[str, str]) -> None:
    page.get_by_label("E-mail").fill(person["email"])
    page.get_by_label("Password", exact=True).fill(person["password"])
    page.get_by_role("button", name="Sign in").click()


def _verify(bundle: Path, key: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(_ROOT / "connect/ledger/verify.py"), str(bundle), "--key", key]
    return subprocess.run(command, capture_output=True, text=True, check=False)
