"""The page of an app: secrets, redirect URIs, testers, versions and the steps of its life."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from uuid import UUID

import pytest

from apps_registry import clients, queries, unverified, versions
from apps_registry.metadata import read
from apps_registry.services import Registered
from connect.core import actor, ids
from tests.support import registry
from tests.support.clock import Clock
from tests.support.visitor import Visitor

Visit = Callable[[], Visitor]
DEV = "dev@dialler.example"


@pytest.fixture
def team(database: ModuleType) -> UUID:
    return registry.team()


@pytest.fixture
def made(team: UUID) -> Registered:
    return registry.app(team)


@pytest.fixture
def developer(team: UUID, visit: Visit) -> Visitor:
    registry.person(DEV, ("developer", {"team_id": team}))
    browser = visit()
    browser.sign_in(DEV)
    return browser


def path(made: Registered, rest: str = "") -> str:
    return f"/developer/apps/{made.app.client_id}{rest}"


def send(developer: Visitor, made: Registered, rest: str, fields: dict[str, str] | None = None) -> int:
    return developer.send(path(made, rest), fields, page=path(made)).status_code


def shown(developer: Visitor, made: Registered) -> str:
    return developer.get(path(made)).get_data(as_text=True)


def state(made: Registered) -> str:
    return queries.app_page(made.app.id).state


def test_a_new_secret_is_shown_once_and_both_work(developer: Visitor, made: Registered) -> None:
    assert send(developer, made, "/secrets", {"overlap": "24"}) == 303
    (secret,) = set(re.findall(r"vts_[A-Za-z0-9_-]{49}", shown(developer, made)))
    assert "vts_" not in shown(developer, made).replace("vts_…", "")
    client = clients.find_client(made.app.client_id)
    assert client is not None and client.knows_secret(secret) and client.knows_secret(made.secret or "")


def test_a_third_secret_is_refused_with_what_to_do(developer: Visitor, made: Registered) -> None:
    send(developer, made, "/secrets", {"overlap": "24"})
    shown(developer, made)
    send(developer, made, "/secrets", {"overlap": "24"})
    page = shown(developer, made)
    assert "Two secrets are live already" in page
    assert len(queries.app_page(made.app.id).secrets) == 2


def test_an_overlap_that_is_not_offered_is_refused(developer: Visitor, made: Registered) -> None:
    assert send(developer, made, "/secrets", {"overlap": "100000"}) == 422
    assert len(queries.app_page(made.app.id).secrets) == 1


def test_a_secret_is_ended_from_the_page(developer: Visitor, made: Registered) -> None:
    (secret_id,) = re.findall(r'name="secret" value="(sec_[^"]+)"', shown(developer, made))
    assert send(developer, made, "/secrets/end", {"secret": secret_id}) == 303
    assert queries.app_page(made.app.id).secrets == ()
    assert send(developer, made, "/secrets/end", {"secret": "sec_x"}) == 404


@pytest.mark.parametrize("rest", ["/secrets", "/secrets/end", "/keys", "/steps/retire"])
def test_what_cannot_be_undone_asks_for_a_fresh_sign_in_and_comes_back(
    developer: Visitor, made: Registered, clock: Clock, settings: object, rest: str
) -> None:
    clock.move(minutes=11)
    base = str(getattr(settings, "base_url"))  # noqa: B009
    token = developer.token(path(made))
    answer = developer.client.post(path(made, rest), data={"csrf_token": token}, headers={"Referer": base + path(made)})
    assert answer.location == "/sign-in/confirm"
    assert state(made) == "draft" and len(queries.app_page(made.app.id).secrets) == 1
    confirmed = developer.send("/sign-in/confirm", {"password": registry.PASSWORD})
    assert confirmed.location == base + path(made)


def test_redirect_uris_are_added_and_removed_and_the_last_one_stays(developer: Visitor, made: Registered) -> None:
    assert send(developer, made, "/redirect-uris", {"uri": " https://dialler.example/two "}) == 303
    assert queries.app_page(made.app.id).redirect_uris == (
        "https://dialler.example/callback",
        "https://dialler.example/two",
    )
    for uri in ("https://dialler.example/callback", "https://dialler.example/two", "https://unknown.example/"):
        send(developer, made, "/redirect-uris/remove", {"uri": uri})
    assert queries.app_page(made.app.id).redirect_uris == ("https://dialler.example/two",)


def test_a_redirect_uri_that_breaks_a_rule_is_refused_at_its_field(developer: Visitor, made: Registered) -> None:
    answer = developer.send(path(made, "/redirect-uris"), {"uri": "myapp://callback"}, page=path(made))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="uri-error"' in page and "native apps" in page and "<title>Error:" in page


def test_testers_are_named_by_their_id_and_their_name_is_not_told(developer: Visitor, made: Registered) -> None:
    account = ids.encode("acc", registry.account("Secret Sweets"))
    assert send(developer, made, "/testers", {"account": account}) == 303
    assert account in shown(developer, made) and "Secret Sweets" not in shown(developer, made)
    for wrong in ("acc_x", "", ids.encode("acc", ids.new())):
        assert send(developer, made, "/testers", {"account": wrong}) == 422
    assert send(developer, made, "/testers/remove", {"account": account}) == 303
    assert send(developer, made, "/testers/remove", {"account": "acc_x"}) == 404
    assert queries.app_page(made.app.id).testers == ()


def test_an_app_is_submitted_taken_back_and_retired_from_its_page(developer: Visitor, made: Registered) -> None:
    for step, then in [("test", "testing"), ("submit", "in_review"), ("withdraw", "testing"), ("retire", "retired")]:
        assert f"/steps/{step}" in shown(developer, made)
        assert send(developer, made, f"/steps/{step}") == 303
        assert state(made) == then


def test_a_step_that_is_not_the_teams_to_take_is_not_taken(developer: Visitor, made: Registered) -> None:
    for step in ("publish", "suspend", "reinstate", "return", "anything"):
        assert send(developer, made, f"/steps/{step}") == 404
    assert send(developer, made, "/steps/list") == 303
    assert "cannot take the step" in shown(developer, made)
    assert state(made) == "draft"


def test_a_further_version_is_saved_from_the_scope_picker(developer: Visitor, made: Registered) -> None:
    fields = {
        "ask-call_log:read": "required",
        "ask-contacts:read": "optional",
        "purpose-contacts:read": "Names callers.",
    }
    assert developer.send(path(made, "/scopes"), fields).status_code == 303
    newest = queries.app_page(made.app.id).versions[0]
    assert (newest.number, {scope.name for scope in newest.scopes}) == (2, {"call_log:read", "contacts:read"})
    page = shown(developer, made)
    assert "adds" in page and "drops" in page
    answer = developer.send(path(made, "/scopes"), {**fields, "purpose-contacts:read": ""})
    assert answer.status_code == 422 and 'id="purpose-contacts:read-error"' in answer.get_data(as_text=True)


def test_the_picker_starts_from_what_the_app_asks_today(developer: Visitor, made: Registered) -> None:
    page = developer.get(path(made, "/scopes")).get_data(as_text=True)
    assert re.search(r'id="ask-call_log:read-required"[^>]*checked', page)
    assert "Shows who called." in page


def test_a_decision_stands_on_the_page_with_its_reason_and_without_the_reviewers_name(
    developer: Visitor, made: Registered, database: ModuleType
) -> None:
    reviewer = registry.person("meera@voicetree.example", ("reviewer", {}), name="Meera Shah")
    send(developer, made, "/steps/submit")
    with database.unit_of_work() as session:
        versions.review(session, made.version.id, "changes_asked", "Say for how long.", actor.person(reviewer))
    page = shown(developer, made)
    assert "Say for how long." in page and "Meera" not in page


PATHS = [
    ("GET", ""),
    ("GET", "/scopes"),
    ("GET", "/consent"),
    ("GET", "/webhooks"),
    ("POST", "/secrets"),
    ("POST", "/secrets/end"),
    ("POST", "/keys"),
    ("POST", "/keys/read"),
    ("POST", "/redirect-uris"),
    ("POST", "/redirect-uris/remove"),
    ("POST", "/testers"),
    ("POST", "/testers/remove"),
    ("POST", "/steps/retire"),
    ("POST", "/scopes"),
    ("POST", "/webhooks"),
    ("POST", "/webhooks/whe_x/sample"),
    ("POST", "/webhooks/whe_x/secret"),
    ("POST", "/webhooks/whe_x/remove"),
]


@pytest.mark.parametrize(("method", "rest"), PATHS)
def test_an_app_of_another_team_does_not_exist(visit: Visit, made: Registered, method: str, rest: str) -> None:
    registry.person("rival@other.example", ("team_owner", {"team_id": registry.team("Other team")}))
    rival = visit()
    rival.sign_in("rival@other.example")
    if method == "GET":
        assert rival.get(path(made, rest)).status_code == 404
    else:
        fields = {"overlap": "0", "uri": "https://evil.example/", "account": "acc_x", "url": "https://evil.example/"}
        assert rival.send(path(made, rest), fields, page="/developer/apps/new").status_code == 404
    page = queries.app_page(made.app.id)
    assert (page.state, len(page.secrets), len(page.redirect_uris), len(page.versions)) == ("draft", 1, 1, 1)


@pytest.mark.parametrize(("method", "rest"), PATHS)
def test_a_person_without_a_team_has_no_developers_pages(
    visit: Visit, made: Registered, method: str, rest: str
) -> None:
    registry.person("asha@sharma.example", ("owner", {"account_id": registry.account()}))
    browser = visit()
    browser.sign_in("asha@sharma.example")
    if method == "GET":
        assert browser.get(path(made, rest)).status_code == 403
    else:
        assert browser.send(path(made, rest), {}, page="/profile").status_code == 403


@pytest.mark.parametrize("wrong", ["app_x", "x", "app_00000000000000000000000000", "%2e%2e"])
def test_an_app_that_does_not_exist_is_not_found(developer: Visitor, wrong: str) -> None:
    assert developer.get(f"/developer/apps/{wrong}").status_code == 404


def test_a_developer_sees_the_apps_of_their_team_alone(developer: Visitor, made: Registered) -> None:
    registry.app(registry.team("Other team"), name="Somebody Elses")
    for page in ("/developer/", "/developer/apps"):
        text = developer.get(page).get_data(as_text=True)
        assert "Dialler" in text and "Somebody Elses" not in text


def test_a_list_of_apps_costs_as_many_queries_with_many_apps_as_with_one(
    developer: Visitor, team: UUID, made: Registered, count_queries: Callable[[], object]
) -> None:
    def cost() -> int:
        with count_queries() as statements:  # type: ignore[attr-defined]
            developer.get("/developer/apps")
        return len(statements)

    one = cost()
    for number in range(5):
        registry.app(team, name=f"App {number}")
    assert cost() == one


def test_an_app_without_a_team_is_no_teams(developer: Visitor, database: ModuleType) -> None:
    given = read({"redirect_uris": ["https://agent.example/cb"]})
    with database.unit_of_work() as session:
        app = unverified.register(session, given).app
    assert developer.get(f"/developer/apps/{app.client_id}").status_code == 404
    assert "agent.example" not in developer.get("/developer/apps").get_data(as_text=True)
