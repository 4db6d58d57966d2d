"""The reviewers' pages: the queue, the two-reviewer rule, and nobody in their own cause."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from apps_registry import queries, versions
from apps_registry.details import Asked
from apps_registry.services import Registered
from connect.core import ids
from tests.support import registry
from tests.support.clock import Clock
from tests.support.registry import OPERATOR
from tests.support.visitor import Visitor

Visit = Callable[[], Visitor]
READ, AUDIO = Asked("call_log:read", required=True), Asked("recordings.audio:read", purpose="Scores calls.")


@pytest.fixture
def made(database: ModuleType) -> Registered:
    registered = registry.app(registry.team(), asked=(READ, AUDIO))
    with database.unit_of_work() as session:
        versions.submit(session, registered.app.id, OPERATOR)
    return registered


@pytest.fixture
def reviewer(made: Registered, visit: Visit) -> Callable[[str], Visitor]:
    def sign_in(name: str) -> Visitor:
        registry.person(f"{name}@voicetree.example", ("reviewer", {}), name=name.title())
        browser = visit()
        browser.sign_in(f"{name}@voicetree.example")
        return browser

    return sign_in


def path(made: Registered) -> str:
    return f"/staff/reviews/{ids.encode('ver', made.version.id)}"


def decide(browser: Visitor, made: Registered, decision: str, comment: str = "") -> int:
    return browser.send(path(made), {"decision": decision, "comment": comment}).status_code


def state(made: Registered) -> str:
    return queries.app_page(made.app.id).state


def test_the_queue_leads_to_what_the_app_asks_for_and_why(made: Registered, reviewer: Callable[[str], Visitor]) -> None:
    browser = reviewer("meera")
    assert path(made) in browser.get("/staff/reviews").get_data(as_text=True)
    page = browser.get(path(made)).get_data(as_text=True)
    assert "Scores calls." in page and "recordings.audio:read" in page and "https://dialler.example/privacy" in page


def test_two_reviewers_publish_a_restricted_scope_and_one_does_not(
    made: Registered, reviewer: Callable[[str], Visitor]
) -> None:
    first, second = reviewer("meera"), reviewer("ravi")
    assert decide(first, made, "approved") == 303
    assert state(made) == "in_review"
    assert decide(first, made, "approved") == 422
    assert state(made) == "in_review"
    assert decide(second, made, "approved") == 303
    assert state(made) == "published"
    assert "Meera" in second.get(path(made)).get_data(as_text=True)


def test_a_refusal_without_a_reason_is_refused_at_its_field(
    made: Registered, reviewer: Callable[[str], Visitor]
) -> None:
    browser = reviewer("meera")
    answer = browser.send(path(made), {"decision": "refused", "comment": " "})
    assert answer.status_code == 422 and 'id="comment-error"' in answer.get_data(as_text=True)
    assert decide(browser, made, "refused", "No telephony here.") == 303
    assert state(made) == "testing"
    assert "Refused" in browser.get("/staff/reviews").get_data(as_text=True)


@pytest.mark.parametrize("decision", ["", "publish", "approve"])
def test_a_decision_that_does_not_exist_is_refused(
    made: Registered, reviewer: Callable[[str], Visitor], decision: str
) -> None:
    assert decide(reviewer("meera"), made, decision) == 422
    assert state(made) == "in_review"


def test_nobody_reviews_an_app_of_their_own_team(made: Registered, visit: Visit) -> None:
    both = ("reviewer", {}), ("developer", {"team_id": made.app.team_id})
    registry.person("both@voicetree.example", *both)
    browser = visit()
    browser.sign_in("both@voicetree.example")
    assert decide(browser, made, "approved") == 403
    assert state(made) == "in_review"


def test_a_decision_asks_for_a_fresh_sign_in(
    made: Registered, reviewer: Callable[[str], Visitor], clock: Clock
) -> None:
    browser = reviewer("meera")
    clock.move(minutes=11)
    assert browser.send(path(made), {"decision": "approved"}).location == "/sign-in/confirm"
    assert state(made) == "in_review"


ROLES = [("operator", {}), ("auditor", {}), ("owner", {"account_id": None}), ("developer", {"team_id": None})]


@pytest.mark.parametrize(("role", "place"), ROLES)
def test_nobody_but_a_reviewer_decides(made: Registered, visit: Visit, role: str, place: dict[str, None]) -> None:
    if "account_id" in place:
        registry.person("x@voicetree.example", (role, {"account_id": registry.account()}))
    elif "team_id" in place:
        registry.person("x@voicetree.example", (role, {"team_id": made.app.team_id}))
    else:
        registry.person("x@voicetree.example", (role, {}))
    browser = visit()
    browser.sign_in("x@voicetree.example")
    answer = browser.send(path(made), {"decision": "approved"}, page="/profile")
    assert answer.status_code == 403
    assert state(made) == "in_review"


def test_a_version_that_does_not_exist_is_not_found(reviewer: Callable[[str], Visitor]) -> None:
    browser = reviewer("meera")
    for wrong in ("ver_x", "x", ids.encode("ver", ids.new())):
        assert browser.get(f"/staff/reviews/{wrong}").status_code == 404
