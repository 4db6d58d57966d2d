"""What an answer means: each rule, without a network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect.core.settings import load
from connect.webhooks.outcome import Outcome, Rules, judge

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = Rules.of(load())


def after(status: int | None, attempts: int = 1, uniform: Any = lambda low, high: 1.0, **headers: str) -> Outcome:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return judge(status, named, attempts=attempts, now=NOW, rules=RULES, uniform=uniform)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_delivered(status: int) -> None:
    assert after(status) == Outcome("delivered", NOW)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_a_redirect_has_failed_and_is_not_tried_again(status: int) -> None:
    assert after(status, location="https://elsewhere.in/").state == "failed"


def test_410_turns_the_endpoint_off() -> None:
    assert after(410) == Outcome("failed", NOW, disabled="gone")


@pytest.mark.parametrize(("status", "state"), [(200, "delivered"), (500, "failed"), (404, "failed")])
def test_an_answer_can_ask_to_be_turned_off(status: int, state: str) -> None:
    assert after(status, webhook_delivery="Disable") == Outcome(state, NOW, disabled="asked")


@pytest.mark.parametrize(
    "status", [None, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504, 599, 100, 199, 600]
)
def test_everything_else_is_tried_again(status: int | None) -> None:
    assert after(status) == Outcome("pending", NOW + timedelta(seconds=5))


def test_the_waits_are_those_of_the_schedule_and_then_it_has_failed() -> None:
    waits = [after(500, attempts).due_at - NOW for attempts in range(1, 10)]
    seconds = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert waits == [timedelta(seconds=each) for each in seconds]
    assert after(500, 10).state == "failed"


def test_each_wait_deviates_by_a_fifth_at_most() -> None:
    def soonest(low: float, _high: float) -> float:
        return low

    def latest(_low: float, high: float) -> float:
        return high

    assert after(500, 2, soonest).due_at == NOW + timedelta(seconds=240)
    assert after(500, 2, latest).due_at == NOW + timedelta(seconds=360)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_retry_after_pauses_the_endpoint(status: int) -> None:
    until = NOW + timedelta(seconds=120)
    assert after(status, retry_after="120") == Outcome("pending", until, paused_until=until)
    assert after(status, retry_after=format_datetime(until, usegmt=True)).paused_until == until


@pytest.mark.parametrize("status", [None, 200, 301, 404, 410, 500])
def test_retry_after_of_another_answer_means_nothing(status: int | None) -> None:
    assert after(status, retry_after="120").paused_until is None


@pytest.mark.parametrize(
    "text",
    ["315360000", "9" * 11, "9" * 400, format_datetime(NOW + 3650 * DAY, usegmt=True), "Fri, 31 Dec 9999 23:59:59 GMT"],
)
def test_a_pause_of_ten_years_is_cut_to_a_day(text: str) -> None:
    outcome = after(503, retry_after=text)
    assert outcome.paused_until == outcome.due_at == NOW + DAY


def test_a_short_pause_does_not_shorten_the_schedule() -> None:
    outcome = after(429, 3, retry_after="1")
    assert outcome == Outcome("pending", NOW + timedelta(seconds=1800), paused_until=NOW + timedelta(seconds=1))


@pytest.mark.parametrize("text", ["", "soon", "-5", "1.5", "٣", "Wed, 25 Nov 2020 10:00:00 GMT", "0x10"])
def test_a_retry_after_that_says_nothing_leaves_the_schedule(text: str) -> None:
    assert after(503, retry_after=text) == Outcome("pending", NOW + timedelta(seconds=5))


@given(st.text(max_size=60), st.one_of(st.none(), st.integers(100, 999)))
def test_no_header_of_a_receiver_breaks_the_rules(text: str, status: int | None) -> None:
    outcome = after(status, retry_after=text, webhook_delivery=text)
    assert outcome.due_at <= NOW + 2 * DAY


def test_the_last_attempt_can_still_pause_the_endpoint() -> None:
    assert after(503, 10, retry_after="60") == Outcome("failed", NOW, paused_until=NOW + timedelta(seconds=60))
