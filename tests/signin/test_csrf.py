"""A form counts only with the token of this session, and only from this site."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from tests.support import registry
from tests.support.registry import PASSWORD
from tests.support.visitor import Visitor

Visit = Callable[[], Visitor]
ASHA = "asha@sharma.example"
POSTS = [
    "/sign-in",
    "/sign-in/confirm",
    "/sign-in/account",
    "/sign-out",
    "/sign-out-everywhere",
    "/profile",
    "/sessions/ses_x/end",
]


@pytest.fixture
def browser(database: ModuleType, visit: Visit) -> Visitor:
    registry.person(ASHA, ("owner", {"account_id": registry.account()}))
    signed_in = visit()
    signed_in.sign_in(ASHA)
    return signed_in


@pytest.mark.parametrize("path", POSTS)
def test_a_form_without_a_token_is_refused(browser: Visitor, path: str) -> None:
    assert browser.client.post(path, data={"name": "Mallory"}).status_code == 403
    assert browser.get("/profile").status_code == 200


@pytest.mark.parametrize("path", POSTS)
def test_a_form_with_the_token_of_another_session_is_refused(browser: Visitor, visit: Visit, path: str) -> None:
    foreign = visit().token("/sign-in")
    assert browser.client.post(path, data={"csrf_token": foreign, "name": "Mallory"}).status_code == 403


@pytest.mark.parametrize("token", ["", "x", "é", "a.b.c"])
def test_a_form_with_a_token_that_is_none_is_refused(browser: Visitor, token: str) -> None:
    assert browser.client.post("/profile", data={"csrf_token": token, "name": "Mallory"}).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_a_form_that_a_browser_says_came_from_elsewhere_is_refused_even_with_the_token(
    browser: Visitor, site: str
) -> None:
    answer = browser.send("/profile", {"name": "Mallory"}, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403
    assert "Asha Sharma" in browser.get("/profile").get_data(as_text=True)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {}])
def test_a_form_of_our_own_is_taken_with_or_without_a_referrer(browser: Visitor, headers: dict[str, str]) -> None:
    assert browser.send("/profile", {"name": "Asha S."}, headers=headers).status_code == 303


def test_nobody_can_be_signed_in_to_an_account_of_the_attackers_choosing(visit: Visit, database: ModuleType) -> None:
    registry.person("mallory@evil.example")
    victim = visit()
    answer = victim.client.post("/sign-in", data={"email": "mallory@evil.example", "password": PASSWORD})
    assert answer.status_code == 403
    assert victim.get("/profile").status_code == 303
