"""Acts on a device's request that come at the same moment: answers, polls, a revocation. On PostgreSQL each in a process of its own."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from connect.core import clock as core_clock
from connect.core import database
from connect.grants import services as grants
from connect.grants.models import Grant
from connect.oauth import device_codes, requests
from connect.oauth.models import AccessToken, AuthorizationCode, TokenChain
from connect.oauth.requests import AlreadyDecided
from tests.oauth.device import Device, error
from tests.oauth.flow import OFFLINE
from tests.oauth.look import count, grant_id
from tests.support.blocked import Running, someone_waits_for_a_lock, until
from tests.support.databases import postgres_only
from tests.support.threads import Together

MANY = 8
Answer = dict[str, Any]


@pytest.fixture
def overrides() -> dict[str, Any]:
    """A window wide enough for a busy machine."""
    return {"code_race_window": timedelta(seconds=60), "token_rate": "", "token_failure_rate": ""}


@pytest.fixture
def told(device: Device) -> Answer:
    return device.start()


def test_of_many_polls_of_an_allowed_code_one_gets_tokens_and_they_live(
    device: Device, told: Answer, together: Together
) -> None:
    device.allow(told)
    answers = together(*[partial(device.poll, told)] * MANY)
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * (MANY - 1)
    assert {error(answer) for answer in answers if answer.status_code == 400} == {"invalid_grant"}
    [won] = [answer.json for answer in answers if answer.status_code == 200]
    assert device.flow.works(won["access_token"])
    assert device.flow.refresh(won["refresh_token"]).status_code == 200
    assert (count(TokenChain), count(AccessToken)) == (1, 2)


def test_of_many_people_who_answer_one_does(device: Device, told: Answer, together: Together) -> None:
    answers = together(*[partial(device.allow, told)] * 4, *[partial(device.refuse, told)] * 2)
    assert len([answer for answer in answers if isinstance(answer, str)]) == 1
    assert all(isinstance(answer, str | AlreadyDecided) for answer in answers)
    found = requests.load(device.request_id(told))
    assert found is not None
    allowed = found.decision == requests.ALLOWED
    assert (count(AuthorizationCode), count(Grant)) == (allowed, allowed)
    assert device.poll(told).status_code == (200 if allowed else 400)


def test_an_answer_beside_polls_reaches_exactly_one_of_them_or_the_next(
    device: Device, told: Answer, together: Together
) -> None:
    *answers, allowed = together(*[partial(device.poll, told)] * (MANY - 1), partial(device.allow, told))
    assert allowed.startswith("/device/")
    statuses = [answer.status_code for answer in answers] + [device.poll(told).status_code]
    assert statuses.count(200) == 1
    assert count(TokenChain) == 1
    refusals = {error(answer) for answer in answers if answer.status_code == 400}
    assert refusals <= {"authorization_pending", "slow_down", "invalid_grant"}


def test_many_polls_of_a_waiting_code_are_one_in_time_and_the_rest_too_early(
    device: Device, told: Answer, together: Together
) -> None:
    answers = together(*[partial(device.poll, told)] * MANY)
    assert sorted(map(error, answers)) == ["authorization_pending"] + ["slow_down"] * (MANY - 1)


@postgres_only
class TestBothSidesOfTheLock:
    def test_a_poll_that_waits_for_the_answer_is_told_it(self, device: Device, told: Answer) -> None:
        flow, request_id = device.flow, device.request_id(told)
        with database.unit_of_work() as session:
            requests.decide(session, request_id, requests.ALLOWED)
            grant = grants.give(session, flow.world.consent(OFFLINE))
            person_id, at = flow.world.person_id, core_clock.now()
            requests.approve(session, request_id, grant=grant, person_id=person_id, authenticated_at=at)
            polling = Running(partial(device.poll, told))
            until(someone_waits_for_a_lock)
        assert polling.result().status_code == 200

    def test_a_poll_that_waits_for_another_is_too_early(self, device: Device, told: Answer) -> None:
        with database.unit_of_work() as session:
            found = device_codes.find(session, told["device_code"])
            assert found is not None
            assert device_codes.note_poll(session, found, core_clock.now())
            polling = Running(partial(device.poll, told))
            until(someone_waits_for_a_lock)
        assert error(polling.result()) == "slow_down"

    def test_an_answer_that_waits_for_a_poll_is_given(self, device: Device, told: Answer) -> None:
        """The poll has written when it came, and its transaction is not over."""
        with database.unit_of_work() as session:
            found = device_codes.find(session, told["device_code"])
            assert found is not None
            assert device_codes.note_poll(session, found, core_clock.now())
            answering = Running(partial(device.allow, told))
            until(someone_waits_for_a_lock)
        assert answering.result().startswith("/device/")
        assert device.poll(told).status_code == 200


def test_polls_beside_a_revocation_end_with_nothing_that_works(
    device: Device, told: Answer, together: Together
) -> None:
    device.allow(told)
    the_grant, flow = grant_id(device.flow), device.flow

    def revoke() -> None:
        with database.unit_of_work() as session:
            grants.revoke(session, flow.world.account_id, the_grant, flow.world.actor)

    *answers, revoked = together(*[partial(device.poll, told)] * (MANY - 1), revoke)
    assert revoked is None
    for answer in answers:
        assert answer.status_code == 400 or not flow.works(answer.json["access_token"])


def test_who_revokes_right_after_the_tokens_came_is_obeyed_by_the_next_call(
    device: Device, told: Answer, together: Together
) -> None:
    device.allow(told)
    the_grant, flow = grant_id(device.flow), device.flow

    def poll_and_revoke() -> tuple[int, bool, int]:
        """What the poll got, whether its token works after the revocation, and what a refresh gets."""
        got = device.poll(told)
        if got.status_code != 200:
            return got.status_code, False, 400
        with database.unit_of_work() as session:
            grants.revoke(session, flow.world.account_id, the_grant, flow.world.actor)
        said = got.json
        return got.status_code, flow.works(said["access_token"]), flow.refresh(said["refresh_token"]).status_code

    assert sorted(together(*[poll_and_revoke] * 3)) == [(200, False, 400), (400, False, 400), (400, False, 400)]
