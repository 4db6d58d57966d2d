"""Acts on a device's request that come at the same moment, in threads and in processes: answers, polls, a revocation."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import orjson
import pytest

from connect.core import database
from connect.core.settings import Settings
from connect.grants import services as grants
from connect.grants.models import Grant
from connect.oauth import requests
from connect.oauth.models import AccessToken, AuthorizationCode, TokenChain
from connect.oauth.requests import AlreadyDecided
from tests.oauth.device import Device, error
from tests.oauth.look import count, grant_id
from tests.oauth.race import PROGRAM, task
from tests.support.databases import postgres_only
from tests.support.processes import at_once
from tests.support.threads import together

MANY = 8


@pytest.fixture
def told(device: Device) -> dict[str, Any]:
    return device.start()


class TestThreads:
    def test_of_many_polls_of_an_allowed_code_one_gets_tokens_and_they_live(
        self, device: Device, told: dict[str, Any]
    ) -> None:
        device.allow(told)
        answers = together(*[partial(device.poll, told)] * MANY)
        assert sorted(answer.status_code for answer in answers) == [200] + [400] * (MANY - 1)
        assert {error(answer) for answer in answers if answer.status_code == 400} == {"invalid_grant"}
        [won] = [answer.json for answer in answers if answer.status_code == 200]
        assert device.flow.works(won["access_token"])
        assert device.flow.refresh(won["refresh_token"]).status_code == 200
        assert (count(TokenChain), count(AccessToken)) == (1, 2)

    def test_of_many_people_who_answer_one_does(self, device: Device, told: dict[str, Any]) -> None:
        answers = together(*[partial(device.allow, told)] * 4, *[partial(device.refuse, told)] * 2)
        assert len([answer for answer in answers if isinstance(answer, str)]) == 1
        assert all(isinstance(answer, str | AlreadyDecided) for answer in answers)
        found = requests.load(device.request_id(told))
        assert found is not None
        assert count(AuthorizationCode) == (found.decision == requests.ALLOWED)
        assert device.poll(told).status_code == (200 if found.decision == requests.ALLOWED else 400)

    def test_an_answer_beside_polls_reaches_exactly_one_of_them_or_the_next(
        self, device: Device, told: dict[str, Any]
    ) -> None:
        *answers, allowed = together(*[partial(device.poll, told)] * (MANY - 1), partial(device.allow, told))
        assert allowed.startswith("/device/")
        statuses = [answer.status_code for answer in answers] + [device.poll(told).status_code]
        assert statuses.count(200) == 1
        assert count(TokenChain) == 1
        told_off = {error(answer) for answer in answers if answer.status_code == 400}
        assert told_off <= {"authorization_pending", "slow_down", "invalid_grant"}

    def test_many_polls_of_a_waiting_code_are_one_in_time_and_the_rest_too_early(
        self, device: Device, told: dict[str, Any]
    ) -> None:
        answers = together(*[partial(device.poll, told)] * MANY)
        assert sorted(map(error, answers)) == ["authorization_pending"] + ["slow_down"] * (MANY - 1)

    def test_polls_beside_a_revocation_end_with_nothing_that_works(self, device: Device, told: dict[str, Any]) -> None:
        device.allow(told)
        the_grant, flow = grant_id(device.flow), device.flow

        def revoke() -> None:
            with database.unit_of_work() as session:
                grants.revoke(session, flow.world.account_id, the_grant, flow.world.actor)

        *answers, revoked = together(*[partial(device.poll, told)] * (MANY - 1), revoke)
        assert revoked is None
        for answer in answers:
            assert answer.status_code == 400 or not flow.works(answer.json["access_token"])


@postgres_only
class TestProcesses:
    def ran(self, settings: Settings, device: Device, told: list[dict[str, Any]], act: str, count: int) -> Counter[str]:
        """What all processes did, added up."""
        printed = at_once(settings, PROGRAM, count, task(device, told, act))
        return sum((Counter(orjson.loads(line)) for line in printed), Counter())

    def test_of_eight_polls_at_once_one_gets_tokens(self, device: Device, settings: Settings) -> None:
        told = [device.start() for _ in range(5)]
        for each in told:
            device.allow(each)
        assert self.ran(settings, device, told, "poll", MANY) == {"tokens": 5, "invalid_grant": 5 * (MANY - 1)}
        assert (count(TokenChain), count(AccessToken)) == (5, 5)

    def test_answers_twice_and_answers_against_polls_make_one_grant_and_tokens_once(
        self, device: Device, settings: Settings
    ) -> None:
        told = [device.start() for _ in range(6)]
        did = self.ran(settings, device, told, "answer and poll", 3)
        assert (did["answered"], did["tokens"]) == (len(told), len(told))
        assert set(did) <= {"answered", "tokens", "authorization_pending", "slow_down", "invalid_grant"}
        assert (count(TokenChain), count(Grant)) == (len(told), 1)

    def test_a_revocation_right_after_the_tokens_holds(self, device: Device, settings: Settings) -> None:
        [told] = [device.start()]
        device.allow(told)
        did = self.ran(settings, device, [told], "poll and revoke", 3)
        assert did == {"tokens": 1, "invalid_grant": 2, "read refused": 1, "refresh refused": 1}
