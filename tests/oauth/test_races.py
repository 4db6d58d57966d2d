"""Acts that come at the same moment: on PostgreSQL each in a process of its own, on SQLite, which one process writes, in threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from apps_registry import services as registry
from apps_registry import steps
from apps_registry.lifecycle import Party
from connect.core import actor, database, mail
from connect.core import clock as core_clock
from connect.core.groupcommit import GroupWriter
from connect.grants import services as grants
from connect.grants.errors import GrantMoved
from connect.grants.models import Grant, GrantVersion
from connect.oauth import requests
from connect.oauth.models import AccessToken, AuthorizationCode, TokenChain
from connect.oauth.requests import AlreadyDecided
from tests.oauth.flow import OFFLINE, Flow, basic
from tests.oauth.look import count, entries, grant_id
from tests.support.blocked import Running, someone_waits_for_a_lock, until, waiting
from tests.support.clock import Clock
from tests.support.databases import postgres_only, sqlite_only
from tests.support.threads import Together

MANY = 16


@pytest.fixture
def overrides() -> dict[str, Any]:
    """Windows wide enough for a busy machine."""
    moment = timedelta(seconds=60)
    return {"code_race_window": moment, "refresh_replay_window": moment, "token_rate": "", "token_failure_rate": ""}


def test_38_of_many_exchanges_of_one_code_one_succeeds_and_its_tokens_live(flow: Flow, together: Together) -> None:
    """Trap T3: three parallel exchanges gave 200, 200 and 500 with Authlib's own redemption."""
    code = flow.code()
    answers = together(*[partial(flow.exchange, code)] * MANY)
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * (MANY - 1)
    assert {answer.json["error"] for answer in answers if answer.status_code == 400} == {"invalid_grant"}
    [won] = [answer.json for answer in answers if answer.status_code == 200]
    assert flow.works(won["access_token"])
    assert flow.refresh(won["refresh_token"]).status_code == 200
    assert count(TokenChain) == 1
    assert count(AccessToken) == 2


def test_43_many_refreshes_get_one_successor_and_the_grant_lives(flow: Flow, together: Together) -> None:
    """Trap T4: four parallel refreshes gave four successors with Authlib's own."""
    token = flow.connect()["refresh_token"]
    answers = together(*[partial(flow.refresh, token)] * MANY)
    assert [answer.status_code for answer in answers] == [200] * MANY
    assert len({answer.data for answer in answers}) == 1
    assert count(TokenChain) == 1
    assert count(AccessToken) == 2
    assert len(entries("refreshed")) == 1
    assert flow.works(answers[0].json["access_token"])
    assert flow.refresh(answers[0].json["refresh_token"]).status_code == 200


def test_43_a_public_client_races_as_well(public: Flow, together: Together) -> None:
    token = public.connect()["refresh_token"]
    answers = together(*[partial(public.refresh, token)] * MANY)
    assert len({(answer.status_code, answer.data) for answer in answers}) == 1
    assert answers[0].status_code == 200


def test_refreshes_beside_a_revocation_end_with_nothing_that_works(flow: Flow, together: Together) -> None:
    token = flow.connect()["refresh_token"]

    def revoke() -> None:
        with database.unit_of_work() as session:
            grants.revoke(session, flow.world.account_id, the_grant, flow.world.actor)

    the_grant = grant_id(flow)
    *answers, revoked = together(*[partial(flow.refresh, token)] * (MANY - 1), revoke)
    assert revoked is None
    assert {answer.status_code for answer in answers} <= {200, 400}
    for answer in answers:
        assert answer.status_code == 400 or not flow.works(answer.json["access_token"])
    assert flow.refresh(token).json["error"] == "invalid_grant"


def test_two_people_who_answer_one_request_make_one_code(flow: Flow, together: Together) -> None:
    request_id = flow.request_id()
    answers = together(*[partial(flow.allow, request_id)] * 4, partial(flow.refuse, request_id))
    assert len([answer for answer in answers if isinstance(answer, str)]) == 1
    assert all(isinstance(answer, str | AlreadyDecided) for answer in answers)
    assert count(AuthorizationCode) == ("code=" in next(answer for answer in answers if isinstance(answer, str)))
    found = requests.load(request_id)
    assert found is not None
    assert found.decided_at is not None


def test_a_secret_is_rotated_while_it_is_in_use(flow: Flow, together: Together) -> None:
    old = flow.client_auth

    def rotate() -> str:
        with database.unit_of_work() as session:
            return registry.rotate_secret(session, flow.world.app_id, actor.SYSTEM).secret

    *answers, new = together(*[partial(flow.alone, headers=old)] * (MANY - 1), rotate)
    assert [answer.status_code for answer in answers] == [200] * (MANY - 1)
    assert flow.alone(headers=basic(flow.world.client_id, new)).status_code == 200


def test_a_suspension_in_the_middle_of_exchanges_leaves_nothing_that_works(flow: Flow, together: Together) -> None:
    codes = [flow.code() for _ in range(8)]

    def suspend() -> None:
        with database.unit_of_work() as session:
            steps.suspend(session, flow.world.app_id, "It misled customers.", actor.SYSTEM, Party.REVIEWER)

    *answers, suspended = together(*[partial(flow.exchange, code) for code in codes], suspend)
    assert suspended is None
    for answer in answers:
        assert answer.status_code in {200, 400}
        assert answer.status_code == 400 or not flow.works(answer.json["access_token"])


def test_a_chain_that_is_revoked_while_it_is_refreshed_is_over(flow: Flow, together: Together) -> None:
    token = flow.connect()["refresh_token"]
    answers = together(*[partial(flow.refresh, token)] * 4, *[partial(flow.revoke, token)] * 4)
    assert {answer.status_code for answer in answers} <= {200, 400}
    for answer in answers[:4]:
        if answer.status_code == 200:
            assert flow.refresh(answer.json["refresh_token"]).status_code == 400
            assert not flow.works(answer.json["access_token"])
    assert len(entries("ended")) == 1


def test_two_people_who_answer_two_requests_of_one_app_make_one_grant(flow: Flow, together: Together) -> None:
    """Each in a tab of their own: the second sees that the grant has moved, and nothing of theirs is left."""
    first, second = flow.request_id(), flow.request_id()
    consent = flow.world.consent(OFFLINE)

    def allow(request_id: UUID) -> Any:
        with database.unit_of_work() as session:
            requests.decide(session, request_id, requests.ALLOWED)
            grant = grants.give(session, consent)
            who = {"person_id": flow.world.person_id, "authenticated_at": core_clock.now()}
            return requests.approve(session, request_id, grant=grant, **who)

    answers = together(partial(allow, first), partial(allow, second))
    assert [isinstance(answer, GrantMoved) for answer in answers].count(True) == 1
    assert not [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, GrantMoved)]
    assert count(Grant) == count(GrantVersion) == count(AuthorizationCode) == 1
    undecided = [found for each in (first, second) if (found := requests.load(each)) and found.decided_at is None]
    assert len(undecided) == 1


@postgres_only
class TestOrders:
    """The two orders of a race one after the other: whoever comes second waits for the first, and sees what it did."""

    @pytest.fixture(params=["revoked", "suspended"])
    def end(self, flow: Flow, request: pytest.FixtureRequest) -> Callable[[Session], object]:
        """Ends what codes and tokens stand on: the grant, or the app."""
        if request.param == "revoked":
            the_grant = grant_id(flow) if flow.connect() else None
            return lambda session: grants.revoke(session, flow.world.account_id, the_grant, flow.world.actor)
        return lambda session: steps.suspend(session, flow.world.app_id, "Misleading.", actor.SYSTEM, Party.REVIEWER)

    @pytest.fixture(params=["exchange", "refresh"])
    def use(self, flow: Flow, request: pytest.FixtureRequest) -> Callable[[], Any]:
        """Makes tokens out of a code or a refresh token of before."""
        if request.param == "refresh":
            return partial(flow.refresh, flow.connect()["refresh_token"])
        return partial(flow.exchange, flow.code())

    def test_a_use_waits_for_the_end_and_gets_nothing(
        self, flow: Flow, use: Callable[[], Any], end: Callable[[Session], object]
    ) -> None:
        before = count(AccessToken)
        with database.unit_of_work() as session:
            end(session)
            running = Running(use)
            until(someone_waits_for_a_lock)
        assert running.result().status_code == 400
        assert count(AccessToken) == before

    def test_the_end_waits_for_a_use_and_takes_what_it_made(
        self, flow: Flow, use: Callable[[], Any], end: Callable[[Session], object]
    ) -> None:
        with database.unit_of_work() as session:
            session.execute(text("LOCK TABLE access_token IN SHARE MODE"))  # where a use writes what it made
            running = Running(use)
            until(someone_waits_for_a_lock)
            ending = Running(partial(_in_unit, end))
            until(lambda: waiting() == 2)
        answer = running.result()
        ending.result()
        assert answer.status_code == 200
        assert not flow.works(answer.json["access_token"])
        assert flow.refresh(answer.json["refresh_token"]).status_code == 400


def _in_unit(act: Callable[[Session], object]) -> None:
    with database.unit_of_work() as session:
        act(session)


@sqlite_only
class TestGroupCommit:
    """On SQLite a thread of its own writes for all, many requests in one commit; errors undo only their own part."""

    @pytest.fixture(autouse=True)
    def writer(self, flow: Flow) -> Iterator[None]:
        writer = GroupWriter(database.active())
        writer.start()
        yield
        writer.stop()

    def test_exchanges_refreshes_and_errors_share_commits(self, flow: Flow, together: Together) -> None:
        codes, token = [flow.code() for _ in range(4)], flow.connect()["refresh_token"]
        wrong = [partial(flow.exchange, code, code_verifier="x" * 43) for code in codes]
        answers = together(*wrong, *[partial(flow.refresh, token)] * 6, *[partial(flow.alone)] * 6)
        assert [answer.status_code for answer in answers] == [400] * 4 + [200] * 12
        assert len({answer.data for answer in answers[4:10]}) == 1
        assert [flow.exchange(code).status_code for code in codes] == [200] * 4

    def test_a_theft_stays_seen(self, flow: Flow, clock: Clock) -> None:
        first = flow.connect()
        second = flow.refresh(first["refresh_token"]).json
        clock.move(seconds=61)
        assert flow.refresh(first["refresh_token"]).json["error"] == "invalid_grant"
        assert not flow.works(second["access_token"])
        assert [letter.kind for letter in mail.newest()] == ["token theft"]
