"""Sessions in a browser: changed at sign-in and step-up, ended one by one or all at once, gone when idle."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from uuid import UUID

import pytest

from connect.accounts import people, sessions
from connect.core import settings as core_settings
from tests.support import registry
from tests.support.clock import Clock
from tests.support.visitor import Visitor, csrf_token

Visit = Callable[[], Visitor]
ASHA, RAVI = "asha@sharma.example", "ravi@sharma.example"


@pytest.fixture(autouse=True)
def asha(database: ModuleType) -> UUID:
    return registry.person(ASHA, ("owner", {"account_id": registry.account()}))


def is_signed_in(browser: Visitor) -> bool:
    return browser.get("/profile").status_code == 200


def value(browser: Visitor) -> str:
    with browser.client.session_transaction(base_url=core_settings.current().base_url) as cookie:
        return str(cookie.get("sid"))


def test_a_cookie_that_was_planted_before_the_sign_in_is_worth_nothing_after_it(visit: Visit) -> None:
    attacker, victim = visit(), visit()
    attacker.get("/sign-in")
    victim.get("/sign-in")
    victim.cookie = attacker.cookie or ""
    assert victim.sign_in(ASHA).status_code == 303
    assert victim.cookie != attacker.cookie
    assert is_signed_in(victim) and not is_signed_in(attacker)


def test_a_session_of_another_person_that_was_planted_ends_when_the_victim_signs_in(visit: Visit) -> None:
    registry.person(RAVI, ("owner", {"account_id": registry.account("Other")}))
    attacker, victim = visit(), visit()
    attacker.sign_in(RAVI)
    victim.get("/sign-in")
    victim.cookie = attacker.cookie or ""
    victim.sign_in(ASHA)
    assert "Asha" in victim.get("/profile").get_data(as_text=True)
    assert not is_signed_in(attacker)


def test_a_csrf_token_from_before_the_sign_in_is_refused_after_it(visit: Visit) -> None:
    browser = visit()
    before = browser.token("/sign-in")
    browser.sign_in(ASHA)
    assert browser.client.post("/profile", data={"csrf_token": before, "name": "Mallory"}).status_code == 403
    assert browser.send("/profile", {"name": "Asha S."}).status_code == 303


def test_a_step_up_changes_the_cookie_and_the_csrf_token_and_the_old_cookie_is_dead(visit: Visit, asha: UUID) -> None:
    browser, thief = visit(), visit()
    browser.sign_in(ASHA)
    thief.get("/sign-in")
    thief.cookie = browser.cookie or ""
    token, old = browser.token("/profile"), value(browser)
    assert is_signed_in(thief)
    assert browser.send("/sign-in/confirm", {"password": registry.PASSWORD}).status_code == 303
    assert is_signed_in(browser) and value(browser) != old
    assert not is_signed_in(thief)
    assert browser.client.post("/profile", data={"csrf_token": token, "name": "Mallory"}).status_code == 403
    assert len(sessions.of_person(asha)) == 1


def test_a_step_up_asks_for_the_password_of_the_person_who_is_signed_in(visit: Visit) -> None:
    registry.person(RAVI, password="the password of ravi")
    browser = visit()
    browser.sign_in(ASHA)
    for wrong in ("not it at all", "the password of ravi"):
        answer = browser.send("/sign-in/confirm", {"password": wrong, "email": RAVI})
        assert answer.status_code == 422
        assert "This is not your password." in answer.get_data(as_text=True)


def test_a_step_up_is_throttled_as_a_sign_in_is(visit: Visit) -> None:
    browser = visit()
    browser.sign_in(ASHA)
    statuses = [browser.send("/sign-in/confirm", {"password": "guess"}).status_code for _ in range(10)]
    assert statuses == [422] * 9 + [429]


def test_signing_out_ends_the_session_and_not_only_the_cookie(visit: Visit) -> None:
    browser, thief = visit(), visit()
    browser.sign_in(ASHA)
    thief.get("/sign-in")
    thief.cookie = browser.cookie or ""
    assert browser.send("/sign-out", page="/profile").location == "/sign-in"
    assert not is_signed_in(browser) and not is_signed_in(thief)


def test_signing_out_everywhere_ends_every_browser_of_that_person_and_of_nobody_else(visit: Visit) -> None:
    registry.person(RAVI)
    phone, laptop, other = visit(), visit(), visit()
    phone.sign_in(ASHA)
    laptop.sign_in(ASHA)
    other.sign_in(RAVI)
    laptop.send("/sign-out-everywhere", page="/sessions")
    assert [is_signed_in(browser) for browser in (phone, laptop, other)] == [False, False, True]


def test_one_browser_can_be_signed_out_from_another(visit: Visit, asha: UUID) -> None:
    phone, laptop = visit(), visit()
    phone.sign_in(ASHA)
    laptop.sign_in(ASHA)
    page = laptop.get("/sessions").get_data(as_text=True)
    (action,) = re.findall(r'action="(/sessions/ses_[^"]+/end)"', page)
    laptop.send(action, page="/sessions")
    assert not is_signed_in(phone) and is_signed_in(laptop)
    assert len(sessions.of_person(asha)) == 1


def test_nobody_can_end_the_session_of_somebody_else(visit: Visit) -> None:
    registry.person(RAVI)
    victim, watcher, attacker = visit(), visit(), visit()
    victim.sign_in(ASHA)
    watcher.sign_in(ASHA)
    attacker.sign_in(RAVI)
    (action,) = re.findall(r'action="(/sessions/ses_[^"]+/end)"', watcher.get("/sessions").get_data(as_text=True))
    attacker.send(action, page="/profile")
    assert is_signed_in(victim)
    assert attacker.send("/sessions/ses_x/end", page="/profile").status_code == 404


def test_a_session_ends_when_it_is_idle_and_in_any_case_after_its_longest_life(visit: Visit, clock: Clock) -> None:
    browser = visit()
    browser.sign_in(ASHA)
    for _ in range(4):
        clock.move(days=6)
        assert is_signed_in(browser)
    clock.move(days=6, seconds=1)
    assert not is_signed_in(browser)  # 30 days
    browser.sign_in(ASHA)
    clock.move(days=7, seconds=1)
    assert not is_signed_in(browser)


def test_a_person_who_was_closed_is_out_at_the_next_request(visit: Visit, asha: UUID, database: ModuleType) -> None:
    browser = visit()
    browser.sign_in(ASHA)
    with database.unit_of_work() as session:
        people.close(session, asha, registry.OPERATOR)
    assert not is_signed_in(browser)


def test_what_is_shown_of_a_session_lets_its_person_know_it(visit: Visit) -> None:
    browser = visit()
    token = browser.token("/sign-in")
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    fields = {"csrf_token": token, "email": ASHA, "password": registry.PASSWORD}
    browser.client.post(
        "/sign-in", data=fields, headers={"User-Agent": agent}, environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )
    page = browser.get("/sessions").get_data(as_text=True)
    assert "Firefox on Linux" in page and "192.0.2.7" in page and "This browser" in page


def test_a_cookie_that_was_not_signed_by_this_platform_is_nobody(visit: Visit) -> None:
    browser = visit()
    browser.sign_in(ASHA)
    kept = browser.cookie or ""
    for forged in (kept[:-2] + ("A" if kept[-2] != "A" else "B") + kept[-1], "x", kept.split(".")[0], "." * 3):
        browser.cookie = forged
        assert not is_signed_in(browser)
    browser.cookie = kept
    assert is_signed_in(browser)


def test_a_sign_in_a_while_ago_is_not_fresh(visit: Visit, clock: Clock) -> None:
    browser = visit()
    browser.sign_in(ASHA)
    with browser.client:
        assert _fresh(browser)
        clock.move(minutes=10, seconds=1)
        assert not _fresh(browser)
        browser.send("/sign-in/confirm", {"password": registry.PASSWORD})
        assert _fresh(browser)


def _fresh(browser: Visitor) -> bool:
    from flask import g

    from connect.accounts.guards import is_fresh

    browser.get("/profile")
    return is_fresh(g.person)


def test_the_pages_carry_no_form_action_so_that_the_way_back_to_an_app_is_open(visit: Visit) -> None:
    answer = visit().get("/sign-in")
    assert "form-action" not in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert csrf_token(answer)


def test_a_shorter_time_for_a_fresh_sign_in_is_a_setting(visit: Visit, clock: Clock) -> None:
    core_settings.activate(replace(core_settings.current(), fresh_sign_in=core_settings.seconds(5)))
    browser = visit()
    browser.sign_in(ASHA)
    with browser.client:
        clock.move(seconds=6)
        assert not _fresh(browser)
