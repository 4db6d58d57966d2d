"""The console: who may see what, every look written down, a question that says what it did not understand, a bundle that verifies."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from connect.accounts import passwords, people
from connect.auditor import chain, presenting
from connect.core import actor, clock, database, ids, settings
from connect.ledger import queries, sealer
from connect.ledger.queries import Filters
from tests.customer.test_consent import signed_in
from tests.ledger.test_bodies import MEMBERS
from tests.support import world
from tests.support.clock import Clock
from tests.support.flow import PASSWORD, Flow, csrf
from tests.support.world import World

VERIFY = Path(__file__).parents[2] / "connect/ledger/verify.py"


@pytest.fixture
def flow(app: Flask) -> Flow:
    """An app has read one page of calls, and all is sealed."""
    made = Flow(app, world.make(calls=12))
    made.connect()
    made.read(limit=10)
    sealer.seal_once(publish=True)
    return made


@pytest.fixture
def look(app: Flask) -> Callable[..., Any]:
    """`look("auditor")`: a browser in which somebody of that role is signed in."""

    def browser(role: str, there: World | None = None, until: Any = None) -> Any:
        with database.unit_of_work() as session:
            person = people.add_person(session, f"{role}-{ids.new().hex}@looks.example", role, actor.SYSTEM)
            account_id = there.account_id if there else None
            people.give_role(session, person.id, role, actor.SYSTEM, account_id=account_id, until=until)
            people.set_password(
                session, people.make_link(session, person.id), passwords.make_hash(PASSWORD), adult=True
            )
        return signed_in(app, person.email)

    return browser


def newest(**filters: Any) -> queries.Located:
    with database.read() as connection:
        entry = queries.search(connection, Filters(**filters), limit=1)[0]
        located = queries.locate(connection, entry.id)
    assert located is not None
    return located


def test_every_type_of_entry_can_be_asked_for_and_has_a_word() -> None:
    assert presenting.KINDS.keys() == MEMBERS.keys()


def test_the_vendors_auditor_sees_the_read_and_opens_it(flow: Flow, look: Callable[..., Any]) -> None:
    browser, read = look("auditor"), newest(type="disclosure", channel="api")
    listed = browser.get("/ledger-console?type=disclosure&channel=api").text
    assert "GET /v1/calls" in listed and "Neem CRM" in listed
    page = browser.get(f"/ledger-console/entries/{read.entry.name}").text
    assert "received 10 records of Calls of Neem Traders" in page
    assert "As it was sealed" in page and read.entry.members["sha256"] in page


def test_an_accounts_own_auditor_sees_that_account_alone(app: Flask, flow: Flow, look: Callable[..., Any]) -> None:
    other = Flow(app, world.make(calls=3, name="Tulsi Clinic"))
    other.connect()
    theirs = newest(account_id=other.world.account_id, type="grant")
    browser = look("account_auditor", flow.world)
    page = browser.get("/ledger-console").text
    assert "Neem Traders" in page and "Tulsi Clinic" not in page
    assert browser.get(f"/ledger-console/entries/{theirs.entry.name}").status_code == 404
    asked = browser.get(f"/ledger-console?account={ids.encode('acc', other.world.account_id)}").text
    assert "Choose one of the businesses you may see" in asked and "Tulsi Clinic" not in asked
    token = csrf(browser.get("/profile").text)
    refused = browser.post("/ledger-console/bundle", data={"csrf_token": token, "entry": theirs.entry.name})
    assert refused.status_code == 404


def test_an_examiner_sees_it_until_the_day_that_was_given(flow: Flow, look: Callable[..., Any], clock: Clock) -> None:
    browser = look("examiner", flow.world, until=_in_days(5))
    assert "Your access ends on" in browser.get("/ledger-console").text
    clock.move(days=6)
    assert browser.get("/ledger-console").status_code == 403


@pytest.mark.parametrize("role", ["owner", "admin", "member", "viewer"])
def test_other_roles_of_the_account_may_not_open_the_console(flow: Flow, look: Callable[..., Any], role: str) -> None:
    assert look(role, flow.world).get("/ledger-console").status_code == 403


def test_every_look_is_itself_an_entry(flow: Flow, look: Callable[..., Any]) -> None:
    browser = look("auditor")
    browser.get("/ledger-console?type=grant")
    seen = newest(type="viewed")
    assert seen.entry.members["filters"]["type"] == "grant" and seen.entry.members["place"] == "console"
    browser.get(f"/ledger-console/entries/{seen.entry.name}")
    assert newest(type="viewed").entry.id > seen.entry.id


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=2026-02-30", "Enter a day that exists"),
        ("until=yesterday", "Enter a day that exists"),
        ("account=acc_x", "Choose one of the businesses"),
        ("app=nobody", "Choose one of the apps"),
        ("type=everything", "Choose one of the kinds"),
        ("channel=smoke", "Choose one of the channels"),
        ("days=7&before=zz", "The page you came from"),
    ],
)
def test_what_was_not_understood_is_said_and_nothing_is_shown(
    flow: Flow, look: Callable[..., Any], query: str, said: str
) -> None:
    page = look("auditor").get(f"/ledger-console?{query}")
    assert page.status_code == 200 and said in page.text and "GET /v1/calls" not in page.text


def test_the_window_is_said_and_one_step_widens_it(flow: Flow, look: Callable[..., Any], clock: Clock) -> None:
    clock.move(days=45)
    browser = look("auditor")
    assert "GET /v1/calls" not in browser.get("/ledger-console?type=disclosure").text
    wider = browser.get("/ledger-console?type=disclosure&days=90").text
    assert "GET /v1/calls" in wider and "last 90 days" in wider


def test_a_bundle_verifies_without_us_and_its_export_is_an_entry(
    flow: Flow, look: Callable[..., Any], tmp_path: Path
) -> None:
    browser = look("auditor")
    token = csrf(browser.get("/profile").text)
    answer = browser.post("/ledger-console/bundle", data={"csrf_token": token, "type": "disclosure"})
    (tmp_path / "bundle.zip").write_bytes(answer.data)
    command = [sys.executable, "-I", str(VERIFY), str(tmp_path / "bundle.zip"), "--key", chain.verifier_key()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert newest(type="exported").entry.members["actor"].startswith("person:")


def test_a_question_that_was_not_understood_exports_nothing(flow: Flow, look: Callable[..., Any]) -> None:
    browser = look("auditor")
    token = csrf(browser.get("/profile").text)
    refused = browser.post("/ledger-console/bundle", data={"csrf_token": token, "account": "acc_mistyped"})
    assert refused.status_code == 400 and "Choose one of the businesses" in refused.text


def test_what_is_too_much_for_a_page_names_the_command(flow: Flow, look: Callable[..., Any]) -> None:
    browser = look("auditor")
    token = csrf(browser.get("/profile").text)
    settings.activate(replace(settings.current(), bundle_entries=1))
    refused = browser.post("/ledger-console/bundle", data={"csrf_token": token})
    assert refused.status_code == 400 and "connect ledger export" in refused.text


def test_a_log_too_long_for_a_page_names_the_command(flow: Flow, look: Callable[..., Any]) -> None:
    browser = look("auditor")
    token = csrf(browser.get("/profile").text)
    settings.activate(replace(settings.current(), console_check_leaves=1))
    answer = browser.post("/ledger-console/check", data={"csrf_token": token})
    assert "connect ledger check" in browser.get(answer.location).text


def test_a_look_at_an_accounts_entry_stands_in_that_accounts_ledger(flow: Flow, look: Callable[..., Any]) -> None:
    read = newest(type="disclosure", channel="api").entry
    look("auditor").get(f"/ledger-console/entries/{read.name}")
    assert newest(type="viewed", account_id=flow.world.account_id).entry.members["filters"] == {"entry": read.name}


def test_a_changed_row_is_named_by_the_check_and_on_its_page(flow: Flow, look: Callable[..., Any]) -> None:
    read = newest(type="disclosure", channel="api").entry
    with database.unit_of_work() as session:
        changed = read.body.replace(b'"count":10', b'"count":11')
        bound = {"body": changed, "id": read.id.bytes if database.dialect() == "sqlite" else read.id}
        session.execute(text("UPDATE ledger_entry SET body = :body WHERE id = :id"), bound)
    browser = look("auditor")
    token = csrf(browser.get("/profile").text)
    browser.post("/ledger-console/check", data={"csrf_token": token})
    page = browser.get("/ledger-console").text
    assert "does not match" in page and read.name in page
    assert "This entry does not hold" in browser.get(f"/ledger-console/entries/{read.name}").text


def test_the_list_costs_the_same_however_long_it_is(flow: Flow, look: Callable[..., Any], count_queries: Any) -> None:
    browser = look("auditor")
    browser.get("/ledger-console?type=disclosure")
    with count_queries() as few:
        browser.get("/ledger-console?type=disclosure")
    for _ in range(8):
        flow.read(limit=5)
    with count_queries() as many:
        browser.get("/ledger-console?type=disclosure")
    assert len(many) == len(few)


def _in_days(count: int) -> Any:
    return clock.now() + timedelta(days=count)
