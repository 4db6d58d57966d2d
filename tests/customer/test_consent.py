"""The consent page: what it shows is what is given, once, by who may, and nothing else."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from apps_registry import services as registry
from apps_registry.details import Asked
from connect.accounts import passwords, people
from connect.accounts.roles import ROLES
from connect.core import actor, database, ids
from connect.core import clock as core_clock
from connect.grants import queries as grants
from connect.grants import services
from connect.grants.models import GrantRefusal
from connect.oauth import requests
from connect.scopes.text import words
from tests.support import world
from tests.support.clock import Clock
from tests.support.flow import PASSWORD, Flow, answered, csrf, hidden
from tests.support.world import REDIRECT_URI, REQUIRED, World

RESTRICTED = (Asked("call_log:read", True, "Lists."), Asked("recordings.audio:read", False, "Listens to calls."))


@pytest.fixture
def flow(app: Flask) -> Flow:
    """The owner is signed in; the account has calls."""
    made = Flow(app, world.make(calls=12))
    made.sign_in()
    return made


def ask(flow: Flow, **changes: Any) -> str:
    """The path of a new request's consent page."""
    return urlsplit(flow.authorize(**changes).location).path


def live(there: World) -> grants.GrantView | None:
    return grants.live_of_app(there.account_id, there.app_id)


def colleague(there: World, role: str) -> str:
    """The e-mail address of another person of the account."""
    with database.unit_of_work() as session:
        person = people.add_person(session, f"second-{role}@{there.account_id.hex}.example", role, actor.SYSTEM)
        until = core_clock.now() + timedelta(days=9) if ROLES[role].dated else None
        people.give_role(session, person.id, role, actor.SYSTEM, account_id=there.account_id, until=until)
        people.set_password(session, people.make_link(session, person.id), passwords.make_hash(PASSWORD), adult=True)
        return person.email


def refusals() -> list[Any]:
    with database.read() as connection:
        return list(connection.scalars(select(GrantRefusal.scopes)))


def signed_in(app: Flask, email: str) -> Any:
    browser = app.test_client()
    browser.post(
        "/sign-in", data={"csrf_token": csrf(browser.get("/sign-in").text), "email": email, "password": PASSWORD}
    )
    return browser


def test_the_preview_is_what_the_app_then_gets(flow: Flow) -> None:
    path = ask(flow)
    page = flow.browser.get(path).text
    shown = html.unescape(re.search(r"<pre[^>]*><code>(.*?)</code>", page, re.DOTALL)[1])
    flow.tokens = flow.exchange(parse_qs(urlsplit(flow.decide(path).location).query)["code"][0]).get_json()
    newest = flow.read(limit=1).get_json()["data"][0]
    assert f'"{newest["id"]}"' in shown and f'"{newest["caller_e164"]}"' in shown
    assert "••••••" in newest["caller_e164"]


def test_a_ticked_box_changes_the_preview_and_gives_nothing_yet(flow: Flow) -> None:
    path = ask(flow)
    before = flow.browser.get(path).text
    after = flow.decide(path, "preview", ticked=["call_log.numbers:read"]).text
    assert "+91••••••" in before and "+91••••••" not in after
    assert 'value="call_log.numbers:read"' in after and live(flow.world) is None


def test_an_account_without_calls_sees_rows_that_are_said_to_be_made_up(app: Flask) -> None:
    flow = Flow(app, world.make())
    flow.sign_in()
    assert "made up" in flow.browser.get(ask(flow)).text


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_16_the_way_back_to_the_app_is_a_303(flow: Flow, decision: str) -> None:
    """With 307 the browser would post the customer's form to the app (RFC 9700 4.12)."""
    answer = flow.decide(ask(flow), decision)
    assert answer.status_code == 303 and answer.location.startswith(f"{REDIRECT_URI}?")


def test_a_second_press_gives_nothing_twice(flow: Flow) -> None:
    path = ask(flow)
    page = flow.browser.get(path).text
    form = {
        "csrf_token": csrf(page),
        "form_token": hidden(page, "form_token"),
        "decision": "allow",
        "expires": "90",
        "history": "90",
    }
    answers = [flow.browser.post(path, data=form).status_code for _ in range(2)]
    assert answers == [303, 410]
    assert live(flow.world).version == 1


def test_what_somebody_else_changed_in_between_is_said_and_nothing_is_given(flow: Flow) -> None:
    path = ask(flow)
    page = flow.browser.get(path).text
    world.give(flow.world)
    form = {
        "csrf_token": csrf(page),
        "form_token": hidden(page, "form_token"),
        "decision": "allow",
        "expires": "90",
        "history": "90",
    }
    answer = flow.browser.post(path, data=form | {"scope": "contacts:read"})
    assert answer.status_code == 409 and "Somebody changed this connection" in answer.text
    assert live(flow.world).version == 1 and "contacts:read" not in live(flow.world).scopes


def test_a_form_that_was_not_made_here_gives_nothing(flow: Flow) -> None:
    answer = flow.decide(ask(flow), form_token="bm90IG91cnM=" * 8)
    assert answer.status_code == 409 and live(flow.world) is None


def test_the_form_of_one_request_does_not_decide_another(flow: Flow) -> None:
    first, second = ask(flow), ask(flow)
    other = hidden(flow.browser.get(first).text, "form_token")
    answer = flow.decide(second, form_token=other)
    assert answer.status_code == 409 and "another request" in answer.text


def test_a_wider_end_than_offered_is_refused_by_name(flow: Flow) -> None:
    answer = flow.decide(ask(flow), expires="3650")
    assert answer.status_code == 422 and live(flow.world) is None


@pytest.mark.parametrize("value", ["", "-1", "ninety", "९०", "99999999999999999999"])
def test_an_end_that_is_no_number_of_days_is_refused(flow: Flow, value: str) -> None:
    assert flow.decide(ask(flow), expires=value).status_code == 422
    assert live(flow.world) is None


def test_a_scope_that_was_not_asked_cannot_be_slipped_in(flow: Flow) -> None:
    answer = flow.decide(ask(flow), ticked=["billing:read", "contacts:read"])
    assert answer.status_code == 303
    assert set(live(flow.world).scopes) == REQUIRED | {"contacts:read"}


def test_what_was_left_unticked_is_kept_as_refused(flow: Flow) -> None:
    flow.decide(ask(flow))
    assert set(live(flow.world).refused) == {"call_log.numbers:read", "contacts:read", "offline_access"}


def test_nothing_required_and_nothing_ticked_is_a_no(app: Flask) -> None:
    flow = Flow(app, world.make(asked=(Asked("call_log:read", False, "Lists."),)))
    flow.sign_in()
    answer = flow.decide(ask(flow, scopes=["call_log:read"]))
    assert parse_qs(urlsplit(answer.location).query)["error"] == ["access_denied"]
    with database.read() as connection:
        assert connection.scalar(select(GrantRefusal.scopes)) == ["call_log:read"]


def test_a_further_consent_starts_with_what_was_allowed_before(flow: Flow) -> None:
    flow.decide(ask(flow), ticked=["contacts:read"])
    page = flow.browser.get(ask(flow)).text
    assert re.search(r'value="contacts:read"[^>]*checked', page)
    flow.decide(ask(flow), ticked=["contacts:read", "call_log.numbers:read"])
    assert live(flow.world).version == 2 and "call_log.numbers:read" in live(flow.world).scopes


def test_a_member_may_not_allow_and_is_told_whom_to_ask(app: Flask) -> None:
    there = world.make(calls=3)
    flow = Flow(app, there)
    flow.browser = signed_in(app, colleague(there, "member"))
    path = ask(flow)
    page = flow.browser.get(path).text
    assert "Ask an owner or admin" in page and 'value="allow"' not in page
    assert flow.decide(path).status_code == 422 and live(there) is None


def beside_restricted(app: Flask, role: str) -> tuple[Flow, str]:
    """Somebody of that role before an app that would also like the sound of recordings."""
    there = world.make(calls=3, asked=RESTRICTED)
    with database.unit_of_work() as session:
        registry.add_tester(session, there.app_id, there.account_id, actor.SYSTEM)
    flow = Flow(app, there)
    flow.browser = signed_in(app, colleague(there, role))
    return flow, ask(flow, scopes=["call_log:read", "recordings.audio:read"])


@pytest.mark.parametrize(("role", "tickable"), [("owner", True), ("admin", False)])
def test_a_box_that_the_role_does_not_reach_cannot_be_ticked_and_says_who_can(
    app: Flask, role: str, tickable: bool
) -> None:
    flow, path = beside_restricted(app, role)
    page = flow.browser.get(path).text
    box = re.search(r'<input type="checkbox"[^>]*value="recordings.audio:read"[^>]*>', page)
    assert box is not None and ("disabled" not in box[0]) == tickable
    assert ("Your role cannot allow this; an owner can." in page) != tickable


def test_without_what_the_role_does_not_reach_an_admin_allows_the_rest(app: Flask) -> None:
    flow, path = beside_restricted(app, "admin")
    assert flow.decide(path).status_code == 303
    assert live(flow.world).scopes == ["call_log:read"]


def test_what_is_ticked_nevertheless_is_refused_by_name_with_who_can_give_it(app: Flask) -> None:
    flow, path = beside_restricted(app, "admin")
    answer = flow.decide(path, ticked=["recordings.audio:read"])
    title = words("en").scopes["recordings.audio:read"].title
    assert answer.status_code == 422 and f"“{title}”. Ask an owner of Neem Traders." in html.unescape(answer.text)
    assert live(flow.world) is None


@pytest.mark.parametrize("role", ["account_auditor", "examiner"])
def test_who_may_not_look_at_calls_sees_no_preview_of_them_and_decides_nothing(
    app: Flask, flow: Flow, role: str
) -> None:
    path = ask(flow)
    browser = signed_in(app, colleague(flow.world, role))
    page = browser.get(path)
    assert page.status_code == 403 and "This is for: owner, admin, member, or viewer." in page.text
    assert "+91" not in page.text and "Neem CRM" not in page.text
    token = csrf(browser.get("/profile").text)
    for decision in ("allow", "deny", "preview"):
        assert browser.post(path, data={"csrf_token": token, "decision": decision}).status_code == 403
    assert live(flow.world) is None and not refusals()
    assert flow.decide(path).status_code == 303  # nor was the request bound to that browser


def test_a_viewer_looks_and_has_no_answer_to_give(app: Flask) -> None:
    flow = Flow(app, world.make(calls=3))
    flow.browser = signed_in(app, colleague(flow.world, "viewer"))
    path = ask(flow)
    page = flow.browser.get(path).text
    assert "Ask an owner or admin" in page and 'value="allow"' not in page and 'value="deny"' not in page
    answer = flow.decide(path, "deny")
    assert answer.status_code == 403 and "Ask an owner, admin, or member of Neem Traders." in answer.text
    assert not refusals()
    stored = requests.load(ids.decode(requests.PREFIX, path.rsplit("/", 1)[1]))
    assert stored is not None and stored.decided_at is None


def test_a_member_declines_for_the_business(app: Flask) -> None:
    flow = Flow(app, world.make(calls=3))
    flow.browser = signed_in(app, colleague(flow.world, "member"))
    answer = flow.decide(ask(flow), "deny")
    assert parse_qs(urlsplit(answer.location).query)["error"] == ["access_denied"] and len(refusals()) == 1


def test_a_role_that_was_taken_away_between_page_and_click_gives_nothing(app: Flask) -> None:
    flow = Flow(app, world.make(calls=3))
    email = colleague(flow.world, "admin")
    flow.browser = signed_in(app, email)
    path = ask(flow)
    form = answered(flow.browser.get(path).text, "allow", ())
    with database.unit_of_work() as session:
        person = people.by_email(session, email)
        people.give_role(session, person.id, "viewer", actor.SYSTEM, account_id=flow.world.account_id)
        people.take_role_at(session, person.id, "admin", actor.SYSTEM, account_id=flow.world.account_id)
    answer = flow.browser.post(path, data=form)
    assert answer.status_code == 422 and "Ask an owner or admin of Neem Traders" in answer.text
    assert live(flow.world) is None


@pytest.mark.parametrize(("decision", "roles"), [("allow", "owner or admin"), ("deny", "owner, admin, or member")])
def test_a_role_that_is_taken_away_while_the_click_is_answered_gives_nothing(
    app: Flask, decision: str, roles: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = Flow(app, world.make(calls=3))
    email = colleague(flow.world, "admin")
    flow.browser = signed_in(app, email)
    path, decide = ask(flow), requests.decide

    def taken_meanwhile(session: Any, request_id: Any, how: str) -> None:
        """Between the check of the page and the transaction's own."""
        person = people.by_email(session, email)
        people.take_role_at(session, person.id, "admin", actor.SYSTEM, account_id=flow.world.account_id)
        decide(session, request_id, how)

    monkeypatch.setattr(requests, "decide", taken_meanwhile)
    answer = flow.decide(path, decision)
    assert answer.status_code == 403 and f"Ask an {roles} of Neem Traders." in answer.text
    assert live(flow.world) is None and not refusals()


def test_another_persons_browser_cannot_answer_a_request_that_was_opened(app: Flask, flow: Flow) -> None:
    path = ask(flow)
    flow.browser.get(path)
    other = signed_in(app, colleague(flow.world, "admin"))
    assert other.get(path).status_code == 409
    token = csrf(other.get("/profile").text)
    assert other.post(path, data={"csrf_token": token, "decision": "deny"}).status_code == 409
    assert flow.decide(path).status_code == 303


def test_an_expired_request_offers_to_start_again(flow: Flow, clock: Clock) -> None:
    path = ask(flow)
    clock.move(minutes=31)
    answer = flow.browser.get(path)
    assert answer.status_code == 410 and "Start again in the app" in answer.text


@pytest.mark.parametrize("text", ["x", "areq_", "areq_" + "0" * 26, "areq_" + "z" * 26, "%00", "अ"])
def test_a_request_that_is_none_of_ours_is_a_page_that_says_so(flow: Flow, text: str) -> None:
    assert flow.browser.get(f"/consent/{text}").status_code in {400, 404}


def test_the_page_can_be_framed_nowhere_and_lets_the_answer_reach_the_app(flow: Flow) -> None:
    policy = flow.browser.get(ask(flow)).headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "form-action" not in policy


def test_the_address_of_the_app_learns_nothing_of_this_page(flow: Flow) -> None:
    assert flow.decide(ask(flow)).headers["Referrer-Policy"] == "no-referrer"


def test_a_person_who_is_not_signed_in_comes_back_to_the_request(app: Flask) -> None:
    flow = Flow(app, world.make(calls=2))
    flow.set_password()
    path = ask(flow)
    assert flow.browser.get(path).location == "/sign-in"
    page = flow.browser.get("/sign-in").text
    assert "Neem CRM" in page
    answer = flow.browser.post(
        "/sign-in", data={"csrf_token": csrf(page), "email": flow.world.email, "password": PASSWORD}
    )
    assert urlsplit(answer.location).path == path


def test_an_app_that_was_suspended_in_between_gets_nothing(flow: Flow) -> None:
    from apps_registry import steps
    from apps_registry.lifecycle import Party

    path = ask(flow)
    flow.browser.get(path)
    with database.unit_of_work() as session:
        steps.suspend(session, flow.world.app_id, "Broke the rules.", actor.SYSTEM, Party.OPERATOR)
    assert flow.browser.get(path).status_code == 410
    assert live(flow.world) is None


def test_the_request_carries_its_id_alone(flow: Flow) -> None:
    path = ask(flow)
    stored = requests.load(ids.decode(requests.PREFIX, path.rsplit("/", 1)[1]))
    assert stored is not None and stored.state == "st4te" and "?" not in path


def test_revoking_in_one_tab_while_consenting_in_another_gives_a_new_grant_only_after_a_new_look(flow: Flow) -> None:
    grant = world.give(flow.world)
    path = ask(flow)
    page = flow.browser.get(path).text
    with database.unit_of_work() as session:
        services.revoke(session, flow.world.account_id, grant.id, flow.world.actor)
    form = {
        "csrf_token": csrf(page),
        "form_token": hidden(page, "form_token"),
        "decision": "allow",
        "expires": "90",
        "history": "90",
    }
    assert flow.browser.post(path, data=form).status_code == 409
    assert live(flow.world) is None
    assert flow.decide(path).status_code == 303
    assert live(flow.world).version == 1
