"""The bank's log of 1999: what each row means, and that a broken file is refused with its line."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import phonenumbers
import pytest

from connect.calls.importers import bank_1999
from connect.calls.importers.parsed import Emptied, Refused
from connect.calls.importers.reading import FileError
from connect.calls.incoming import CallIn
from connect.calls.kinds import MissedReason, Status
from connect.core.settings import Settings
from tests.calls.bank_rows import ACCOUNT, HUNG_UP, NOT_QUEUED, NOT_SERVED, parsed, row, text

pytestmark = pytest.mark.usefixtures("settings")


@pytest.fixture
def dialect() -> str:
    """Nothing here touches a database; the stand-in numbers need the settings' master key."""
    return "sqlite"


def the_call(folder: Path, **cells: str) -> CallIn:
    return parsed(folder, row(**cells)).calls[0]


def utc(hour: int, minute: int, second: int, day: int = 10) -> datetime:
    return datetime(1999, 3, day, hour, minute, second, tzinfo=UTC)


def test_an_answered_row_is_an_answered_call_in_utc(tmp_path: Path) -> None:
    call = the_call(tmp_path)
    assert (call.status, call.missed_reason, call.source_id) == (Status.ANSWERED, None, "ZZ01-1")
    assert (call.started_at, call.queued_at, call.ended_at) == (utc(7, 0, 0), utc(7, 0, 10), utc(7, 3, 0))
    assert (call.ivr_s, call.wait_s, call.talk_s, call.total_s) == (10, 50, 121, 180)
    assert (call.number.label, call.department and call.department.name, call.tags) == (
        "ZZ01",
        "Regular",
        ("priority-2",),
    )
    assert call.agent and (call.agent.ref, call.agent.display_name) == ("NOAM", "Noam")
    assert [(leg.agent, leg.answer_at, leg.end_at) for leg in call.legs] == [(call.agent, utc(7, 0, 59), utc(7, 3, 0))]


def test_a_service_that_starts_before_the_menu_ends_keeps_its_time(tmp_path: Path) -> None:
    result = parsed(tmp_path, row(**NOT_QUEUED, ser_start="9:00:09"))
    assert result.calls[0].answered_at == utc(7, 0, 9)
    assert result.remarks["service starts before the menu ended; times kept"] == 1


def test_who_hangs_up_in_the_menu_never_queued(tmp_path: Path) -> None:
    call = the_call(tmp_path, **HUNG_UP, **NOT_QUEUED)
    assert (call.status, call.missed_reason, call.queued_at) == (Status.ABANDONED_IVR, MissedReason.IN_IVR, None)
    assert (call.ended_at, call.total_s, call.agent, call.legs) == (utc(7, 0, 10), 10, None, ())


def test_a_queue_of_no_seconds_is_no_queue(tmp_path: Path) -> None:
    call = the_call(tmp_path, **HUNG_UP, q_start="9:00:10", q_exit="9:00:10", q_time="0")
    assert (call.status, call.queued_at) == (Status.ABANDONED_IVR, None)


@pytest.mark.parametrize(("seconds", "reason"), [("5", MissedReason.SHORT_ABANDON), ("6", MissedReason.NO_AGENT)])
def test_who_hangs_up_in_the_queue_says_why_by_how_long_they_waited(
    tmp_path: Path, seconds: str, reason: MissedReason
) -> None:
    call = the_call(tmp_path, **HUNG_UP, q_exit=f"9:00:1{seconds}", q_time=seconds)
    assert (call.status, call.missed_reason, call.wait_s) == (Status.ABANDONED_QUEUE, reason, int(seconds))


def test_service_times_of_a_caller_who_hung_up_are_left_out_and_counted(tmp_path: Path) -> None:
    result = parsed(tmp_path, row(outcome="HANG", server="NO_SERVER"))
    assert (result.calls[0].answered_at, result.calls[0].talk_s) == (None, 0)
    assert result.remarks == {"hung up, service times left out": 1}


def test_an_answered_row_without_agent_or_times_is_kept_and_counted(tmp_path: Path) -> None:
    result = parsed(tmp_path, row(**NOT_SERVED))
    assert (result.calls[0].status, result.calls[0].answered_at, result.calls[0].agent) == (Status.ANSWERED, None, None)
    assert set(result.remarks) == {"answered, but no agent is named", "answered, but without service times"}


def test_a_time_past_midnight_belongs_to_the_next_day(tmp_path: Path) -> None:
    call = the_call(
        tmp_path,
        **{"vru_entry": "23:59:50", "vru_exit": "23:59:58"},
        **{"q_start": "0:00:00", "q_exit": "0:00:27", "q_time": "27"},
        **{"ser_start": "0:00:26", "ser_exit": "0:01:33", "ser_time": "67"},
    )
    assert (call.started_at, call.queued_at) == (utc(21, 59, 50), utc(22, 0, 0))
    assert (call.answered_at, call.ended_at, call.total_s) == (utc(22, 0, 26), utc(22, 1, 33), 103)


def test_a_negative_duration_is_left_empty_and_listed(tmp_path: Path) -> None:
    result = parsed(tmp_path, row(call_id="1"), row(call_id="2", vru_exit="8:59:30", vru_time="-30"))
    assert (result.calls[1].ivr_s, result.calls[1].total_s, result.calls[1].wait_s) == (None, None, 50)
    assert result.emptied == (Emptied(3, "vru_time", "-30"),)


def test_a_phantom_is_refused_with_its_line(tmp_path: Path) -> None:
    result = parsed(tmp_path, row(), row(call_id="2", outcome="PHANTOM", vru_time="-30"))
    assert (result.rows, len(result.calls), result.emptied) == (2, 1, ())
    assert result.refused == (Refused(3, bank_1999.PHANTOM_REASON),)


def test_one_call_id_on_two_lines_is_two_calls(tmp_path: Path) -> None:
    result = parsed(tmp_path, row(), row(**{"vru+line": "ZZ02"}))
    assert {call.source_id for call in result.calls} == {"ZZ01-1", "ZZ02-1"}


def test_an_unidentified_caller_has_no_number_and_is_nobodys_contact(tmp_path: Path) -> None:
    call = the_call(tmp_path, customer_id="0")
    assert (call.caller, call.contact) == (None, None)


def test_an_agent_works_for_every_department_they_served(tmp_path: Path) -> None:
    result = parsed(tmp_path, row(), row(call_id="2", type="IN"))
    agent = result.calls[0].agent
    assert agent and {department.name for department in agent.departments} == {"Regular", "Internet help"}


def test_stand_in_numbers_are_possible_never_valid_and_the_same_each_time(tmp_path: Path) -> None:
    rows = [row(call_id=str(n), customer_id=str(n)) for n in range(1, 200)]
    first, second = parsed(tmp_path, *rows), parsed(tmp_path, *rows)
    numbers = {number for call in first.calls for number in (call.caller, call.number.e164) if number}
    assert len(numbers) == 200 and all(number.startswith("+9150") for number in numbers)
    read = [phonenumbers.parse(number) for number in numbers]
    assert all(map(phonenumbers.is_possible_number, read)) and not any(map(phonenumbers.is_valid_number, read))
    assert [call.caller for call in first.calls] == [call.caller for call in second.calls]


def test_two_accounts_get_different_stand_ins(tmp_path: Path) -> None:
    (tmp_path / "calls.tsv").write_bytes(text(row()))
    one, other = (bank_1999.parse(tmp_path / "calls.tsv", UUID(int=n)).calls[0].caller for n in (1, 2))
    assert one != other


def test_times_move_by_whole_weeks_to_just_before_the_day(tmp_path: Path) -> None:
    plain = parsed(tmp_path, row(), row(call_id="2", date="990316"))
    moved = plain.shifted_to(date(2026, 11, 25))
    assert moved.weeks == 1445
    assert moved.calls[1].ended_at == datetime(2026, 11, 24, 7, 3, tzinfo=UTC)
    for before, after in zip(plain.calls, moved.calls, strict=True):
        assert after.started_at - before.started_at == timedelta(weeks=moved.weeks)
        assert after.legs[0].end_at == after.ended_at


def test_a_day_before_the_calls_moves_them_back(tmp_path: Path) -> None:
    moved = parsed(tmp_path, row()).shifted_to(date(1999, 3, 10))
    assert moved.weeks == -1


GOOD = text(row(), row(call_id="2"))
BROKEN: dict[str, tuple[bytes, str]] = {
    "truncated gzip": (gzip.compress(GOOD)[:-12], "line [0-9]+: the gzip data is cut off or damaged"),
    "damaged gzip": (gzip.compress(GOOD)[:-8] + b"\0" * 8, "line [0-9]+: the gzip data is cut off or damaged"),
    "wrong header": (text(row(), header="a\tb"), "line 1: the header"),
    "no header": (text(header=row()), "line 1: the header"),
    "columns in another order": (text(header="\t".join(reversed(bank_1999.HEADER))), "line 1: the header"),
    "empty": (b"", "line 1: the header"),
    "16 columns": (text(row(), row().rpartition("\t")[0]), "line 3: 17 columns expected, 16 found"),
    "an empty line": (text(row(), ""), "line 3: 17 columns expected, 1 found"),
    "Latin-1": (GOOD + row(call_id="3", server="JOSÉ").encode("latin-1") + b"\r\n", "line 4: not UTF-8: byte 0xc9"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "line 1: "),
    "a NUL": (GOOD.replace(b"NOAM", b"NO\0M", 1), "line 2: a NUL byte"),
    "cut off": (GOOD[:-4], "line 3: the line has no end"),
    "a day that does not exist": (text(row(), row(call_id="2", date="990230")), "line 3: date: '990230'"),
    "an hour that does not exist": (text(row(vru_entry="24:00:00")), "line 2: vru_entry: '24:00:00'"),
    "a number that is none": (text(row(q_time="5x")), "line 2: q_time: '5x'"),
    "an unknown outcome": (text(row(outcome="BOT")), "line 2: outcome: 'BOT' is none of AGENT, HANG, PHANTOM"),
    "an unknown type": (text(row(type="XX")), "line 2: type: 'XX'"),
    "an unknown priority": (text(row(priority="9")), "line 2: priority: '9'"),
    "a line without a name": (text(row(**{"vru+line": ""})), "line 2: vru\\+line: ''"),
    "a call twice": (text(row(), row(customer_id="8")), "line 3: call 1 of ZZ01 stands in line 2 already"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, name: str) -> None:
    content, message = BROKEN[name]
    (tmp_path / "broken").write_bytes(content)
    with pytest.raises(FileError, match=f"^{message}"):
        bank_1999.parse(tmp_path / "broken", ACCOUNT)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda content: content.replace(b"\r\n", b"\n")])
def test_gzip_plain_and_unix_line_ends_are_all_read(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    (tmp_path / "calls").write_bytes(pack(GOOD))
    assert len(bank_1999.parse(tmp_path / "calls", ACCOUNT).calls) == 2


def test_the_real_file_gives_the_known_counts(bank_calls: Path, settings: Settings) -> None:
    result = bank_1999.parse(bank_calls, ACCOUNT)
    calls = result.calls
    assert (result.rows, len(calls), len(result.refused), len(result.emptied)) == (33_344, 33_066, 278, 23)
    assert Counter(call.status for call in calls) == {
        Status.ANSWERED: 27_162,
        Status.ABANDONED_IVR: 1_972,
        Status.ABANDONED_QUEUE: 3_932,
    }
    assert sum(call.total_s is None for call in calls) == 23
    assert len({call.source_id for call in calls}) == 33_066
    assert len({call.number.e164 for call in calls}) == 27
    assert len({call.department for call in calls}) == 6
    assert len({call.agent for call in calls if call.agent}) == 24
    assert len({call.caller for call in calls if call.caller}) == 4_021
    assert len({call.contact for call in calls if call.contact}) == 4_021
    assert result.remarks == {
        "service starts before the menu ended; times kept": 10_002,
        "answered, but no agent is named": 491,
        "hung up, service times left out": 97,
        "answered, but without service times": 50,
        "customer id rounded by a spreadsheet; taken as written": 21,
    }


def test_in_the_real_file_no_call_ends_before_it_starts(bank_calls: Path) -> None:
    calls = bank_1999.parse(bank_calls, ACCOUNT).calls
    sure = [call for call in calls if call.total_s is not None]
    assert all(call.ended_at and timedelta() <= call.ended_at - call.started_at < timedelta(hours=2) for call in sure)
