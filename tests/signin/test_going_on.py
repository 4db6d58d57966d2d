"""Where a person goes on to after signing in: the request that waits, or the page they came for, and never anywhere else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest

from connect.core import clock, ids
from connect.oauth import requests
from connect.oauth.models import AuthRequest
from tests.support import registry
from tests.support.registry import PASSWORD
from tests.support.visitor import Visitor

Visit = Callable[[], Visitor]
ASHA = "asha@sharma.example"


@pytest.fixture(autouse=True)
def asha(database: ModuleType) -> None:
    registry.person(ASHA, ("owner", {"account_id": registry.account()}))


def test_a_sign_in_for_a_request_goes_on_to_its_consent_page(visit: Visit) -> None:
    request_id = ids.encode(requests.PREFIX, ids.new())
    answer = visit().sign_in(ASHA, path=f"/sign-in?request={request_id}")
    assert answer.location == f"/consent/{request_id}"


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "/evil",
    "../evil",
    "javascript:alert(1)",
    "x" * 40,
    "%2f%2fevil.example",
    "ask_",
]


@pytest.mark.parametrize("request_id", ELSEWHERE)
def test_anything_but_a_request_id_is_ignored(visit: Visit, request_id: str) -> None:
    assert visit().sign_in(ASHA, path=f"/sign-in?request={request_id}").location == "/"


@pytest.mark.parametrize("name", ["next", "url", "return_to", "continue", "redirect_uri"])
def test_no_address_that_a_link_brings_along_is_followed(visit: Visit, name: str) -> None:
    assert visit().sign_in(ASHA, path=f"/sign-in?{name}=https://evil.example/").location == "/"


def test_a_person_who_came_for_a_page_of_ours_gets_it_after_signing_in_once(visit: Visit, settings: object) -> None:
    browser = visit()
    assert browser.get("/sessions?a=1").location == "/sign-in"
    answer = browser.sign_in(ASHA)
    assert answer.location.endswith(".test/sessions?a=1")
    assert browser.get("/sessions").status_code == 200
    browser.send("/sign-out", page="/profile")
    assert browser.sign_in(ASHA).location == "/"


def test_a_form_that_was_sent_after_the_session_ended_goes_on_to_the_page_that_held_it(
    visit: Visit, settings: object
) -> None:
    base = str(getattr(settings, "base_url"))  # noqa: B009
    for referrer, onward in [
        (f"{base}/profile?a=1", f"{base}/profile?a=1"),
        ("https://evil.example/profile", "/"),
        (f"{base}.evil.example/x", "/"),
        ("", "/"),
    ]:
        browser = visit()
        token = browser.token("/sign-in")
        answer = browser.client.post("/profile", data={"csrf_token": token, "name": "A"}, headers={"Referer": referrer})
        assert answer.location == "/sign-in"
        assert browser.sign_in(ASHA).location == onward


def test_a_path_that_looks_like_another_host_stays_on_this_one(visit: Visit, settings: object) -> None:
    base = str(getattr(settings, "base_url"))  # noqa: B009
    browser = visit()
    token = browser.token("/sign-in")
    browser.client.post(
        "/profile", data={"csrf_token": token, "name": "A"}, headers={"Referer": f"{base}//evil.example/"}
    )
    assert browser.sign_in(ASHA).location in {f"{base}//evil.example/", "/"}


def test_a_confirmation_goes_back_to_where_it_was_asked_for(visit: Visit) -> None:
    browser = visit()
    browser.sign_in(ASHA)
    assert browser.send("/sign-in/confirm", {"password": PASSWORD}).location == "/"


def test_a_person_with_several_businesses_chooses_one_and_only_one_of_their_own(
    visit: Visit, database: ModuleType
) -> None:
    own, other, foreign = registry.account("Own"), registry.account("Second"), registry.account("Foreign")
    registry.person("ravi@sharma.example", ("owner", {"account_id": own}), ("viewer", {"account_id": other}))
    browser = visit()
    browser.sign_in("ravi@sharma.example")
    assert browser.get("/").location == "/sign-in/account"
    page = browser.get("/sign-in/account").get_data(as_text=True)
    assert "Own" in page and "Second" in page and "Foreign" not in page and "where you are now" not in page
    for stranger in (foreign, ids.new()):
        assert browser.send("/sign-in/account", {"account": ids.encode("acc", stranger)}).status_code == 403
    assert browser.send("/sign-in/account", {"account": "acc_x"}).status_code == 403
    assert browser.send("/sign-in/account", {"account": ids.encode("acc", other)}).status_code == 303
    assert "where you are now" in browser.get("/sign-in/account").get_data(as_text=True)


def test_a_person_without_a_business_has_none_to_choose(visit: Visit, database: ModuleType) -> None:
    registry.person("reviewer@voicetree.example", ("reviewer", {}))
    browser = visit()
    browser.sign_in("reviewer@voicetree.example")
    assert browser.get("/sign-in/account").status_code == 403


def test_the_page_names_the_app_that_waits(visit: Visit, database: ModuleType) -> None:
    made = registry.app(registry.team())
    request_id = ids.new()
    now = clock.now()
    with database.unit_of_work() as session:
        session.add(
            AuthRequest(
                id=request_id,
                app_id=made.app.id,
                payload={},
                redirect_uri=registry.REGISTRATION.redirect_uris[0],
                scopes=["call_log:read"],
                created_at=now,
                expires_at=now + timedelta(minutes=30),
            )
        )
    named = ids.encode(requests.PREFIX, request_id)
    browser = visit()
    assert "Dialler" in browser.get(f"/sign-in?request={named}").get_data(as_text=True)
    browser.get(f"/consent/{named}")
    assert "Dialler" in browser.get("/sign-in").get_data(as_text=True)
    unknown = ids.encode(requests.PREFIX, ids.new())
    assert browser.get(f"/sign-in?request={unknown}").status_code == 200
