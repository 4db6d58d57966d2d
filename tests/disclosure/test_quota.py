"""The customer's limit of records a day, counted from the ledger in the day of the account's calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connect.core import clock as core_clock
from connect.core.problems import Problem
from connect.disclosure.release import Released, list_of, release
from tests.disclosure.conftest import Door
from tests.support.clock import Clock
from tests.support.entries import entries
from tests.support.threads import together

KOLKATA = ZoneInfo("Asia/Kolkata")


def read(door: Door, count: int) -> Released:
    return release(door.context(), door.page(limit=count).rows, list_of())


def refused(door: Door, count: int) -> Problem:
    with pytest.raises(Problem) as caught:
        read(door, count)
    assert caught.value.slug == "daily-limit"
    return caught.value


def test_reads_stop_at_the_limit_and_the_answer_says_how_much_is_left(door_of: Callable[..., Door]) -> None:
    door = door_of(daily_records=10)
    read(door, 6)
    assert "allows 10 records a day, and 6 were read today; ask for at most 4" in refused(door, 5).detail
    read(door, 4)
    assert "; wait until" in refused(door, 1).detail
    assert sum(entry.count or 0 for entry in entries(type="disclosure")) == 10


def test_a_page_without_records_is_free(door_of: Callable[..., Door]) -> None:
    door = door_of(daily_records=1)
    read(door, 1)
    assert release(door.context(), door.page(status="failed", caller=None, agent_id=door.grant.id).rows, list_of()).body


def test_the_next_day_begins_at_midnight_of_the_account(door_of: Callable[..., Door], clock: Clock) -> None:
    door = door_of(daily_records=5)
    read(door, 5)
    wait = int(refused(door, 1).headers["Retry-After"])
    at = (core_clock.now() + timedelta(seconds=wait)).astimezone(KOLKATA)
    assert (at.hour, at.minute) == (0, 0)
    clock.move(seconds=wait - 30)
    refused(door, 1)
    clock.move(seconds=30)
    assert read(door, 5).count == 5


def test_what_was_pushed_is_counted_and_never_refused(door_of: Callable[..., Door]) -> None:
    door = door_of(daily_records=5)
    webhook = replace(door.context(), channel="webhook", operation="webhook call.ended")
    rows = door.page(limit=4).rows
    release(webhook, rows, list_of())
    refused(door, 2)
    assert release(webhook, rows, list_of()).body


def test_pages_at_the_same_moment_cannot_pass_the_limit_together(door_of: Callable[..., Door]) -> None:
    door = door_of(daily_records=10)
    answers = together(*[lambda: read(door, 4)] * 4)
    assert sorted(type(answer).__name__ for answer in answers) == ["Problem", "Problem", "Released", "Released"]
    assert sum(entry.count or 0 for entry in entries(type="disclosure")) == 8


def test_without_the_term_nothing_is_asked(door: Door, count_queries: Any) -> None:
    rows = door.page().rows
    with count_queries() as queries:
        release(door.context(), rows, list_of())
    assert not [query for query in queries if "sum(" in query.lower()]
