"""Guards on views: who passes, who is sent to sign in, who is refused."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from connect.accounts import people
from connect.accounts.guards import fresh, public, requires, signed_in
from connect.accounts.roles import Right
from connect.core import clock as core_clock
from tests.support import registry
from tests.support.clock import Clock
from tests.support.visitor import Visitor

ASHA = "asha@sharma.example"


@pytest.fixture
def extra_routes() -> tuple[Callable[[Flask], None], ...]:
    return (add_guarded_pages,)


def add_guarded_pages(app: Flask) -> None:
    """A page behind each guard."""
    views: dict[str, Any] = {
        "public": public(lambda: "passed"),
        "signed-in": signed_in(lambda: "passed"),
        "look": requires(Right.LOOK)(lambda: "passed"),
        "give": requires(Right.GIVE)(lambda: "passed"),
        "either": requires(Right.REVIEW_APPS, Right.LOOK)(lambda: "passed"),
        "apps": requires(Right.MANAGE_APPS)(lambda: "passed"),
        "fresh": requires(Right.LOOK)(fresh(lambda: "passed")),
    }
    for name, view in views.items():
        app.add_url_rule(f"/guarded/{name}", endpoint=f"guarded.{name}", view_func=view, methods=["GET", "POST"])


@pytest.fixture
def account(database: ModuleType) -> UUID:
    return registry.account()


def sign_in(visit: Callable[[], Visitor], *seats: tuple[str, dict[str, Any]], email: str = ASHA) -> Visitor:
    registry.person(email, *seats)
    browser = visit()
    browser.sign_in(email)
    return browser


def opens(browser: Visitor) -> dict[str, str]:
    """Where each guarded page leads."""
    names = ("public", "signed-in", "look", "give", "either", "apps", "fresh")
    answers = {name: browser.get(f"/guarded/{name}") for name in names}
    return {name: answer.location or str(answer.status_code) for name, answer in answers.items()}


def test_whoever_is_not_signed_in_passes_public_pages_only(visit: Callable[[], Visitor]) -> None:
    leads = opens(visit())
    assert leads.pop("public") == "200"
    assert set(leads.values()) == {"/sign-in"}


def test_an_owner_passes_the_pages_of_their_account(visit: Callable[[], Visitor], account: UUID) -> None:
    leads = opens(sign_in(visit, ("owner", {"account_id": account})))
    assert leads.pop("apps") == "403"
    assert set(leads.values()) == {"200"}


def test_a_viewer_is_refused_what_only_an_owner_or_admin_may_and_is_told_who_may(
    visit: Callable[[], Visitor], account: UUID
) -> None:
    browser = sign_in(visit, ("viewer", {"account_id": account}))
    assert opens(browser)["give"] == "403" and opens(browser)["look"] == "200"
    page = browser.get("/guarded/give").get_data(as_text=True)
    assert "admin" in page and "owner" in page


def test_one_of_several_rights_is_enough(visit: Callable[[], Visitor], database: ModuleType) -> None:
    assert opens(sign_in(visit, ("reviewer", {})))["either"] == "200"


def test_a_person_with_several_accounts_is_asked_which_and_then_comes_back(
    visit: Callable[[], Visitor], account: UUID
) -> None:
    browser = sign_in(visit, ("owner", {"account_id": account}), ("viewer", {"account_id": registry.account("Second")}))
    assert opens(browser)["give"] == "/sign-in/account"
    assert opens(browser)["apps"] == "403"


def test_an_owner_in_one_account_is_a_viewer_while_working_in_the_other(
    visit: Callable[[], Visitor], account: UUID
) -> None:
    from connect.core import ids

    second = registry.account("Second")
    browser = sign_in(visit, ("owner", {"account_id": account}), ("viewer", {"account_id": second}))
    browser.send("/sign-in/account", {"account": ids.encode("acc", second)})
    assert opens(browser)["give"] == "403" and opens(browser)["look"] == "200"


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(
    visit: Callable[[], Visitor], account: UUID, database: ModuleType
) -> None:
    browser = sign_in(visit, ("owner", {"account_id": account}))
    person = people.by_email
    with database.unit_of_work() as session:
        found = person(session, ASHA)
        assert found is not None
        people.take_role_at(session, found.id, "owner", registry.OPERATOR, account_id=account)
    assert opens(browser)["look"] == "403"


def test_the_role_of_an_examiner_ends_with_its_last_day(
    visit: Callable[[], Visitor], account: UUID, app: Flask, clock: Clock
) -> None:
    from datetime import timedelta

    until = core_clock.now() + timedelta(days=3)
    browser = sign_in(visit, ("examiner", {"account_id": account, "until": until}))
    assert "Sharma Travels" in browser.get("/profile").get_data(as_text=True)
    clock.move(days=3, seconds=1)
    assert "Sharma Travels" not in browser.get("/profile").get_data(as_text=True)


def test_an_old_sign_in_is_confirmed_before_an_act_that_asks_for_a_fresh_one(
    visit: Callable[[], Visitor], account: UUID, clock: Clock, settings: Any
) -> None:
    browser = sign_in(visit, ("owner", {"account_id": account}))
    assert opens(browser)["fresh"] == "200"
    clock.move(minutes=10, seconds=1)
    assert browser.get("/guarded/fresh?a=1").location == "/sign-in/confirm"
    answer = browser.send("/sign-in/confirm", {"password": registry.PASSWORD})
    assert answer.location == f"{settings.base_url}/guarded/fresh?a=1"
    assert opens(browser)["fresh"] == "200"


def test_a_guard_leaves_its_rule_on_the_view() -> None:
    def view() -> str:
        return "passed"

    assert requires(Right.LOOK, Right.STAFF)(fresh(view)).access_rule == "right look or staff, fresh sign-in"  # type: ignore[attr-defined]
    assert signed_in(view).access_rule == "signed in"  # type: ignore[attr-defined]


def test_finding_the_person_costs_one_query_however_many_roles_they_have(
    visit: Callable[[], Visitor], account: UUID, count_queries: Any
) -> None:
    few = sign_in(visit, ("owner", {"account_id": account}))
    many = sign_in(
        visit,
        ("owner", {"account_id": account}),
        *(("viewer", {"account_id": registry.account(f"Account {n}")}) for n in range(5)),
        ("developer", {"team_id": registry.team()}),
        ("reviewer", {}),
        email="ravi@sharma.example",
    )
    for browser in (few, many):
        with count_queries() as statements:
            browser.get("/guarded/signed-in")
        assert len([each for each in statements if each.startswith("SELECT")]) == 1
