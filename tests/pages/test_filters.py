"""How values are written: with their zone, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import Babel

from connect.core import clock, settings
from connect.core.pages import filters

AT = datetime(2026, 11, 25, 4, 32, 11, 123456, UTC)


@pytest.fixture(autouse=True)
def _in_a_request() -> Iterator[None]:
    settings.activate(settings.load())
    app = Flask(__name__)
    Babel(app, default_locale="en", default_timezone="Asia/Kolkata")
    with app.test_request_context():
        yield


def test_a_time_carries_the_readers_zone_and_its_exact_instant() -> None:
    assert filters.time(AT) == '<time datetime="2026-11-25T04:32:11.123456Z">25 Nov 2026, 10:02 IST</time>'


def test_a_time_can_be_written_in_another_zone_and_with_seconds() -> None:
    assert ">25 Nov 2026, 04:32:11 UTC<" in filters.time(AT, zone="UTC", seconds=True)


def test_a_time_may_be_given_as_text() -> None:
    assert filters.time("2026-11-25T04:32:11.123456Z") == filters.time(AT)


def test_a_day_is_the_one_in_the_readers_zone() -> None:
    late = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
    assert ">25 Nov 2026<" in filters.date(late)
    assert filters.date(date(2026, 11, 25)) == '<time datetime="2026-11-25">25 Nov 2026</time>'


def test_how_long_ago_is_said_from_the_projects_clock() -> None:
    assert filters.ago(clock.now() - timedelta(hours=3)) == "3 hours ago"
    assert filters.ago(clock.now() + timedelta(days=2, minutes=1)) == "in 2 days"


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0 sec"), (48, "48 sec"), (192, "3 min, 12 sec"), (7_260, "2 hr, 1 min"), (timedelta(days=90), "90 days")],
)
def test_a_duration_is_written_by_its_two_largest_units(value: timedelta | int, written: str) -> None:
    assert filters.duration(value) == written


def test_numbers_sizes_lists_and_initials() -> None:
    assert filters.number(33066) == "33,066"
    assert filters.size(31_204) == "31.2 kB"
    assert filters.words(["a", "b", "c"]) == "a, b, and c"
    assert filters.initials("Leadbook CRM suite") == "LC"
