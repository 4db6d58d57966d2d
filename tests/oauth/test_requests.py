"""An authorization request is one row: bound to a session, decided once, answered once (checklist 19)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from connect.accounts import sessions
from connect.core import clock as core_clock
from connect.core import database, ids
from connect.core.problems import Problem
from connect.grants import services as grants
from connect.oauth import housekeeping, requests
from connect.oauth.answers import ToApp
from connect.oauth.models import AuthorizationCode, AuthRequest
from connect.oauth.requests import AlreadyDecided
from tests.oauth.flow import OFFLINE, Flow, query
from tests.oauth.look import count
from tests.support.clock import Clock


def sign_in(flow: Flow) -> UUID:
    """A signed-in session of the owner."""
    with database.unit_of_work() as session:
        token = sessions.start(session, flow.world.person_id, "203.0.113.9", "tests")
    person = sessions.load(token)
    assert person is not None
    return person.session_id


def bind(request_id: UUID, session_id: UUID) -> None:
    with database.unit_of_work() as session:
        requests.bind_session(session, request_id, session_id)


def decide(request_id: UUID, decision: str = requests.ALLOWED) -> None:
    with database.unit_of_work() as session:
        requests.decide(session, request_id, decision)


def approve(flow: Flow, request_id: UUID, grant: Any = None) -> ToApp:
    with database.unit_of_work() as session:
        live = grant or grants.live_of_app(session, flow.world.account_id, flow.world.app_id)
        given = {"grant": live, "person_id": flow.world.person_id, "authenticated_at": core_clock.now()}
        return requests.approve(session, request_id, **given)


def test_the_first_session_that_views_a_request_has_it(flow: Flow) -> None:
    request_id, first, second = flow.request_id(), sign_in(flow), sign_in(flow)
    bind(request_id, first)
    bind(request_id, first)
    with pytest.raises(Problem) as refused:
        bind(request_id, second)
    assert refused.value.slug == "conflict"


def test_after_signing_out_another_session_may_have_it(flow: Flow) -> None:
    request_id, first, second = flow.request_id(), sign_in(flow), sign_in(flow)
    bind(request_id, first)
    with database.unit_of_work() as session:
        sessions.end(session, flow.world.person_id, first)
    bind(request_id, second)
    found = requests.load(request_id)
    assert found is not None
    assert found.session_id == second


def test_a_request_is_decided_once(flow: Flow) -> None:
    request_id = flow.request_id()
    decide(request_id)
    for decision in (requests.ALLOWED, requests.DENIED):
        with pytest.raises(AlreadyDecided):
            decide(request_id, decision)


def test_a_request_is_answered_once(flow: Flow) -> None:
    request_id = flow.request_id()
    flow.allow(request_id)
    with pytest.raises(AlreadyDecided):
        approve(flow, request_id)
    with pytest.raises(AlreadyDecided), database.unit_of_work() as session:
        requests.deny(session, request_id)
    assert count(AuthorizationCode) == 1


def test_nothing_is_answered_that_was_not_decided(flow: Flow) -> None:
    flow.connect()
    undecided, denied = flow.request_id(), flow.request_id()
    decide(denied, requests.DENIED)
    for request_id in (undecided, denied):
        with pytest.raises(AlreadyDecided):
            approve(flow, request_id)
    with pytest.raises(AlreadyDecided), database.unit_of_work() as session:
        requests.deny(session, undecided)


def test_a_second_click_leaves_neither_code_nor_grant_version(flow: Flow) -> None:
    request_id = flow.request_id()
    flow.allow(request_id)
    with pytest.raises(AlreadyDecided):
        flow.allow(request_id)
    with database.unit_of_work() as session:
        grant = grants.live_of_app(session, flow.world.account_id, flow.world.app_id)
    assert grant is not None
    assert grant.version == 1


def test_the_grant_of_another_app_answers_nothing(flow: Flow, other: Flow) -> None:
    other.connect()
    request_id = flow.request_id()
    decide(request_id)
    with database.unit_of_work() as session:
        foreign = grants.live_of_app(session, other.world.account_id, other.world.app_id)
    with pytest.raises(AlreadyDecided):
        approve(flow, request_id, foreign)


def test_19_an_answer_cannot_exceed_the_request(flow: Flow) -> None:
    back = flow.allow(flow.request_id(scope="numbers:read"), OFFLINE)
    assert flow.exchange(query(back)["code"]).json["scope"] == "numbers:read"


def test_a_grant_without_anything_that_was_asked_is_a_fault_of_the_page(flow: Flow) -> None:
    with pytest.raises(ValueError, match="nothing of what was asked"):
        flow.allow(flow.request_id(scope="contacts:read"), {"numbers:read"})
    assert count(AuthorizationCode) == 0


def test_an_expired_request_can_be_neither_bound_nor_decided(flow: Flow, clock: Clock) -> None:
    request_id = flow.request_id()
    clock.move(minutes=31)
    found = requests.load(request_id)
    assert found is not None
    assert found.expired
    assert not found.open
    for act in (lambda: bind(request_id, ids.new()), lambda: decide(request_id)):
        with pytest.raises(Problem) as refused:
            act()
        assert refused.value.slug == "gone"


def test_an_unknown_request_is_none(flow: Flow) -> None:
    assert requests.load(ids.new()) is None
    with pytest.raises(Problem):
        decide(ids.new())


def test_a_request_is_forgotten_a_day_after_it_expired(flow: Flow, clock: Clock) -> None:
    flow.request_id()
    clock.move(hours=24)
    with database.unit_of_work() as session:
        assert housekeeping.purge(session, 10) == 0
    clock.move(hours=2)
    with database.unit_of_work() as session:
        assert housekeeping.purge(session, 10) == 1
    assert count(AuthRequest) == 0
