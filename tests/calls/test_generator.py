"""Made-up calls: the same seed gives the same, nobody real is shown, and a business can be recognised in them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from connect.calls.generator import generate
from connect.calls.incoming import CallIn
from connect.calls.kinds import Direction, LegAction, MissedReason, RecordingKind, Status
from connect.calls.made_up.words import CITIES, GIVEN_NAMES, SURNAMES

UNTIL = datetime(2026, 11, 25, 12, tzinfo=UTC)
KOLKATA = "Asia/Kolkata"


@pytest.fixture(scope="module")
def calls() -> list[CallIn]:
    return list(generate(7, KOLKATA, UNTIL, 3000))


def test_the_same_seed_gives_the_same_calls_and_another_seed_others(calls: list[CallIn]) -> None:
    assert list(generate(7, KOLKATA, UNTIL, 3000)) == calls
    assert next(generate(8, KOLKATA, UNTIL, 3000)) != calls[0]


@pytest.mark.parametrize("count", [0, 1, 250])
def test_as_many_calls_as_asked(count: int) -> None:
    assert len(list(generate(1, KOLKATA, UNTIL, count))) == count


def test_calls_come_in_order_and_end_before_the_last_moment(calls: list[CallIn]) -> None:
    assert all(one.started_at <= other.started_at for one, other in pairwise(calls))
    assert all(call.ended_at and call.started_at <= call.ended_at < UNTIL for call in calls)
    assert UNTIL - calls[-1].started_at < timedelta(days=2)
    assert len({call.source_id for call in calls}) == len(calls)


def test_every_number_is_possible_and_not_valid(calls: list[CallIn]) -> None:
    numbers = {call.number.e164 for call in calls} | {call.caller for call in calls if call.caller}
    numbers |= {leg.dialled for call in calls for leg in call.legs if leg.dialled}
    read = [phonenumbers.parse(number) for number in numbers]
    assert all(map(phonenumbers.is_possible_number, read)) and not any(map(phonenumbers.is_valid_number, read))


def test_mornings_are_busy_nights_are_quiet_and_sundays_are_closed(calls: list[CallIn]) -> None:
    local = [call.started_at.astimezone(ZoneInfo(KOLKATA)) for call in calls]
    hours, weekdays = Counter(at.hour for at in local), Counter(at.weekday() for at in local)
    assert hours[11] > 5 * hours[21] and sum(hours[hour] for hour in range(1, 5)) == 0
    assert weekdays[0] > weekdays[5] > 2 * weekdays[6]
    closed = [call for call, at in zip(calls, local, strict=True) if at.weekday() == 6]
    assert closed and not any(call.status is Status.ANSWERED for call in closed)


def test_another_time_zone_moves_the_busy_hours() -> None:
    hours = Counter(call.started_at.hour for call in generate(1, "UTC", UNTIL, 1000))
    assert hours[11] > 5 * hours[21]


def test_every_outcome_and_reason_occurs(calls: list[CallIn]) -> None:
    assert {call.status for call in calls} == set(Status)
    assert {call.missed_reason for call in calls} == {None, *MissedReason}
    assert {call.direction for call in calls} == set(Direction)
    assert 0.5 < sum(call.status is Status.ANSWERED for call in calls) / len(calls) < 0.8


def test_times_and_durations_agree(calls: list[CallIn]) -> None:
    for call in calls:
        assert call.ended_at and call.ended_at - call.started_at == timedelta(seconds=call.total_s or 0)
        if call.answered_at:
            assert call.ended_at - call.answered_at == timedelta(seconds=call.talk_s or 0)
            assert call.agent and call.legs[-1].agent == call.agent
        times = [at for leg in call.legs for at in (leg.ring_at, leg.answer_at, leg.end_at) if at]
        assert times == sorted(times) and all(call.started_at <= at <= call.ended_at for at in times)


def test_some_calls_are_passed_on_and_some_agents_do_not_answer(calls: list[CallIn]) -> None:
    assert any(leg.action is LegAction.TRANSFER for call in calls for leg in call.legs)
    assert any(len(call.legs) == 2 and call.legs[0].answer_at is None for call in calls)


def test_agents_take_calls_of_their_own_departments(calls: list[CallIn]) -> None:
    assert all(call.department in call.agent.departments for call in calls if call.agent)
    assert {call.department.parent for call in calls if call.department} == {None, "Support"}


def test_people_have_names_of_ours_and_live_where_their_circle_is(calls: list[CallIn]) -> None:
    circles = {city: circle for city, _, circle, _ in CITIES}
    for call in calls:
        if call.contact and call.contact.city:
            given, surname = call.contact.display_name.split()
            assert given in GIVEN_NAMES and surname in SURNAMES
            assert call.circle == circles[call.contact.city]
    assert any(call.caller is None for call in calls) and any(call.caller and not call.contact for call in calls)


def test_one_number_is_always_the_same_contact(calls: list[CallIn]) -> None:
    known = {(call.caller, call.contact.ref) for call in calls if call.contact}
    assert len(known) == len({number for number, _ in known}) == len({ref for _, ref in known})


def test_some_calls_leave_recordings_notes_and_transcripts(calls: list[CallIn]) -> None:
    recorded = Counter(recording.kind for call in calls for recording in call.recordings)
    assert recorded[RecordingKind.RECORDING] > 300 and recorded[RecordingKind.VOICEMAIL] > 20
    assert all(call.recordings for call in calls if call.status is Status.VOICEMAIL or call.transcript)
    notes = [note.body for call in calls for note in call.notes]
    assert len(notes) > 100 and not any("{" in note for note in notes)
    said = [call.transcript for call in calls if call.transcript]
    assert {transcript.language for transcript in said} == {"en-IN", "hi-IN"}
    assert all(segment.start_ms < segment.end_ms for transcript in said for segment in transcript.segments)


def test_a_call_costs_whole_minutes_where_the_business_pays(calls: list[CallIn]) -> None:
    assert all((call.cost_paise or 0) == 0 for call in calls if not call.talk_s)
    assert any((call.cost_paise or 0) > 0 for call in calls)
