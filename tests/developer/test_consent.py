"""What customers will see, as the app's team looks at it: the parts of the consent page, on rows that are nobody's."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from types import ModuleType
from uuid import UUID

import pytest
from flask import Flask

from apps_registry import queries, versions
from apps_registry.details import Asked
from apps_registry.services import Registered
from connect.core import actor, database
from tests.customer.test_consent import ask
from tests.support import registry, world
from tests.support.entries import entries
from tests.support.flow import Flow
from tests.support.visitor import Visitor

Visit = Callable[[], Visitor]
DEV = "dev@dialler.example"
DETAILS = "contacts.details:read"
CONTACTS = (
    Asked("contacts:read", True, "Names callers."),
    Asked(DETAILS, False, "Fills the card."),
)


@pytest.fixture
def team(database: ModuleType) -> UUID:
    return registry.team()


def developer_of(visit: Visit, team_id: UUID) -> Visitor:
    registry.person(DEV, ("developer", {"team_id": team_id}))
    browser = visit()
    browser.sign_in(DEV)
    return browser


@pytest.fixture
def developer(team: UUID, visit: Visit) -> Visitor:
    return developer_of(visit, team)


def look(developer: Visitor, client_id: str, query: str = "") -> str:
    answer = developer.get(f"/developer/apps/{client_id}/consent{query}")
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def ticked(page: str) -> list[str]:
    return re.findall(r'type="checkbox"[^>]*value="([^"]+)"[^>]*checked', page)


def part(page: str, title: str) -> str:
    """The part of a consent page under a title, with the controls as if they could be used, without the days that follow from today."""
    found = re.search(rf'<section class="consent-part" aria-labelledby="{title}">(.*?)</section>', page, re.DOTALL)
    assert found is not None
    return re.sub(r'<span class="hint">.*?</span>|\bdisabled\b|\s', "", found[1])


def test_an_app_that_asks_for_contacts_shows_made_up_contacts_and_enters_nothing(
    team: UUID, developer: Visitor
) -> None:
    made = registry.app(team, asked=CONTACTS)
    before = len(entries())
    page = look(developer, made.app.client_id)
    assert "These rows are made up." in page and "Contacts</caption>" in page and "+915000000010" in page
    assert "Nobody and Sons" not in page
    assert len(entries()) == before


def test_its_parts_are_those_that_a_customer_is_shown(app: Flask, visit: Visit) -> None:
    flow = Flow(app, world.make(calls=3))
    flow.sign_in()
    theirs = html.unescape(flow.browser.get(ask(flow, scopes=sorted(world.REQUIRED | world.OPTIONAL))).text)
    developer = developer_of(visit, queries.app_page(flow.world.app_id).team_id)
    ours = look(developer, flow.world.client_id)
    for title in ("required-title", "optional-title", "terms-title", "not-title", "before-title"):
        assert part(ours, title) == part(theirs, title)
    assert "May Neem CRM see the calls of Example Traders?" in ours and "Neem Traders" not in ours


def test_nothing_on_it_can_be_changed_or_answered(team: UUID, developer: Visitor) -> None:
    made = registry.app(team)
    page = re.search(r"<main.*</main>", look(developer, made.app.client_id), re.DOTALL)[0]  # type: ignore[index]
    controls = re.findall(r"<(?:input|button|select)\b[^>]*>", page)
    assert len(controls) > 5 and all(re.search(r"\sdisabled\b", control) for control in controls)
    assert "<form" not in page
    answer = developer.send(f"/developer/apps/{made.app.client_id}/consent", {"decision": "allow"}, page="/developer/")
    assert answer.status_code == 405


def test_it_opens_as_for_a_customer_and_can_be_looked_at_with_every_box_ticked(team: UUID, developer: Visitor) -> None:
    made = registry.app(team, asked=CONTACTS)
    plain = look(developer, made.app.client_id)
    assert ticked(plain) == [] and "ticked=all" in plain
    full = look(developer, made.app.client_id, "?ticked=all")
    assert ticked(full) == [DETAILS] and "Nobody and Sons" in full and "Show it as it opens" in full


def test_the_version_in_work_and_the_one_in_force_can_both_be_looked_at(team: UUID, developer: Visitor) -> None:
    made = registry.app(team)
    with database.unit_of_work() as session:
        versions.publish(session, made.app.id, actor.SYSTEM)
    for purpose in ("Greets callers.", "Names callers."):
        with database.unit_of_work() as session:
            versions.add_version(session, made.app.id, (Asked("contacts:read", True, purpose),), actor.SYSTEM)
    page = look(developer, made.app.client_id)
    assert "Version 3: Draft" in page and "Version 1: Published" in page and "Version 2" not in page
    assert "Names callers." in page and "Not reviewed yet" in page
    in_force = look(developer, made.app.client_id, "?version=1")
    assert "Shows who called." in in_force and "Reviewed by VoiceTree" in in_force
    for number in ("2", "4"):
        wrong = developer.get(f"/developer/apps/{made.app.client_id}/consent?version={number}")
        assert wrong.status_code == 404


def test_the_page_of_an_app_leads_to_it(team: UUID, developer: Visitor) -> None:
    made = registry.app(team)
    link = f'href="/developer/apps/{made.app.client_id}/consent"'
    assert link in developer.get(f"/developer/apps/{made.app.client_id}").get_data(as_text=True)


def test_a_service_that_asks_customers_for_nothing_has_no_such_page(team: UUID, developer: Visitor) -> None:
    made: Registered = registry.app(team, kind="service", redirect_uris=(), asked=())
    path = f"/developer/apps/{made.app.client_id}"
    assert developer.get(f"{path}/consent").status_code == 404
    assert f"{path}/consent" not in developer.get(path).get_data(as_text=True)
