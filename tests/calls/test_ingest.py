"""Calls come in once, in order, with whom and what they name."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from connect.accounts.models import Account
from connect.calls.changes import UnknownAccountError
from connect.calls.incoming import DepartmentIn
from connect.calls.ingest import ingest
from connect.calls.models import (
    Agent,
    AgentDepartment,
    Call,
    CallLeg,
    CallNote,
    Contact,
    Department,
    Recording,
    Subject,
    Transcript,
    VirtualNumber,
)
from connect.calls.signals import EndedCall, call_ended
from connect.core import clock, ids
from connect.core.database import Base
from tests.calls.samples import ASHA, BINA, BINAS_NUMBER, CARE, HELPLINE, VIVAN, a_call, a_full_call, put
from tests.support.databases import postgres_only

TABLES: tuple[type[Base], ...] = (
    *(VirtualNumber, Department, Agent, AgentDepartment, Subject, Contact),
    *(Call, CallLeg, CallNote, Recording, Transcript),
)


def rows(database: ModuleType, model: type[Base]) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(*model.__table__.c).order_by(model.__table__.c.id)))


def counter(database: ModuleType, account_id: UUID) -> int:
    with database.read() as connection:
        found: int = connection.scalar(select(Account.change_counter).where(Account.id == account_id))
        return found


@contextmanager
def heard() -> Iterator[list[EndedCall]]:
    """What `call_ended` told inside the block."""
    told: list[EndedCall] = []

    def receiver(_session: Any, call: EndedCall) -> None:
        told.append(call)

    with call_ended.connected_to(receiver):
        yield told


def test_a_call_brings_its_line_department_agent_caller_and_contact(database: ModuleType, account_id: UUID) -> None:
    report = put(account_id, a_call())
    (call,), (line,), (agent,) = rows(database, Call), rows(database, VirtualNumber), rows(database, Agent)
    (subject,), (contact,) = rows(database, Subject), rows(database, Contact)
    assert (report.added, report.changed, report.unchanged) == (1, 0, 0)
    assert report.made == {
        "virtual_number": 1, "department": 2, "agent": 1, "agent_department": 2, "subject": 1, "contact": 1
    }  # fmt: skip
    assert (call.number_id, call.agent_id, call.subject_id) == (line.id, agent.id, subject.id)
    assert (subject.e164, subject.contact_id, contact.subject_id) == (BINAS_NUMBER, contact.id, subject.id)
    assert len(subject.salt) == 16
    assert (call.started_at, call.tags, call.cost_paise, call.currency) == (a_call().started_at, ["new"], 120, "INR")


def test_a_call_is_stored_with_all_its_parts(database: ModuleType, account_id: UUID) -> None:
    put(account_id, a_full_call())
    (call,), (leg,), (note,) = rows(database, Call), rows(database, CallLeg), rows(database, CallNote)
    (transcript,) = rows(database, Transcript)
    assert (call.has_recording, call.has_voicemail, call.has_transcript) == (True, True, True)
    assert {leg.call_id, note.call_id, transcript.call_id} == {call.id}
    assert {(row.kind, row.heard) for row in rows(database, Recording)} == {("recording", None), ("voicemail", False)}
    assert transcript.segments[1] == {
        "speaker": "caller", "start_ms": 900, "end_ms": 2500, "text": "I have a question."
    }  # fmt: skip


def test_the_same_calls_again_change_nothing(database: ModuleType, account_id: UUID) -> None:
    calls = (a_full_call(), a_call(2))
    put(account_id, *calls)
    before = [rows(database, table) for table in TABLES], counter(database, account_id)
    report = put(account_id, *calls)
    assert (report.added, report.changed, report.unchanged, dict(report.made)) == (0, 0, 2, {})
    assert ([rows(database, table) for table in TABLES], counter(database, account_id)) == before


def test_of_two_calls_with_one_key_the_later_counts(database: ModuleType, account_id: UUID) -> None:
    put(account_id, a_call(talk_s=1), a_call(talk_s=2))
    assert [call.talk_s for call in rows(database, Call)] == [2]


def test_a_late_update_keeps_id_and_entry_and_gets_the_next_change_number(
    database: ModuleType, account_id: UUID, clock: Any
) -> None:
    put(account_id, a_call(), a_call(2))
    first, _ = rows(database, Call)
    clock.move(hours=1)
    report = put(account_id, a_call(disposition="sold"), a_call(2))
    changed, _ = rows(database, Call)
    assert (report.changed, report.unchanged) == (1, 1)
    assert (changed.id, changed.entered_at, changed.disposition) == (first.id, first.entered_at, "sold")
    assert (first.change_seq, changed.change_seq) == (1, 3)
    assert changed.updated_at >= first.updated_at + timedelta(hours=1)


def test_a_recording_that_comes_late_changes_its_call(database: ModuleType, account_id: UUID) -> None:
    put(account_id, a_call())
    put(account_id, a_full_call())
    (call,) = rows(database, Call)
    assert (call.has_recording, call.change_seq, len(rows(database, Recording))) == (True, 2, 2)
    put(account_id, a_call())
    assert rows(database, Call)[0].has_recording


def test_a_leg_that_changed_is_changed_and_not_added(database: ModuleType, account_id: UUID) -> None:
    put(account_id, a_call())
    put(account_id, a_call().moved(timedelta(days=7)))
    (leg,) = rows(database, CallLeg)
    assert leg.answer_at == a_call().answered_at + timedelta(days=7)


def test_an_erased_caller_does_not_come_back_with_an_update(database: ModuleType, account_id: UUID) -> None:
    put(account_id, a_call())
    with database.unit_of_work() as session:
        session.execute(update(Subject).values(e164=None, salt=None, contact_id=None))
    put(account_id, a_call(disposition="sold"))
    assert [subject.e164 for subject in rows(database, Subject)] == [None]


def test_a_withheld_number_makes_no_subject(database: ModuleType, account_id: UUID) -> None:
    put(account_id, a_call(caller=None))
    assert rows(database, Call)[0].subject_id is None
    assert rows(database, Subject) == [] and rows(database, Contact) == []


def test_two_numbers_can_be_one_contact(database: ModuleType, account_id: UUID) -> None:
    put(account_id, a_call())
    put(account_id, a_call(2, caller="+915000000011", contact=BINA))
    (contact,) = rows(database, Contact)
    assert {subject.contact_id for subject in rows(database, Subject)} == {contact.id}


def test_a_department_below_another_brings_it_along(database: ModuleType, account_id: UUID) -> None:
    put(account_id, a_call(department=DepartmentIn("Exports", parent="Sales")))
    by_name = {row.name: row for row in rows(database, Department)}
    assert by_name["Exports"].parent_id == by_name["Sales"].id


def test_accounts_keep_their_calls_apart(database: ModuleType, new_account: Callable[[], UUID]) -> None:
    one, other = new_account(), new_account()
    put(one, a_call())
    assert put(other, a_call()).added == 1
    assert {call.change_seq for call in rows(database, Call)} == {1}
    assert len(rows(database, Subject)) == 2


def test_an_unknown_account_is_refused(database: ModuleType) -> None:
    with pytest.raises(UnknownAccountError):
        put(ids.new(), a_call())


def test_an_ended_call_is_told_once_inside_the_transaction(database: ModuleType, account_id: UUID) -> None:
    ringing = a_call(ended_at=None)
    with heard() as told:
        put(account_id, ringing, a_call(2), emit=True)
        put(account_id, a_call(), a_call(2, disposition="sold"), emit=True)
    by_id = {call.id: call for call in rows(database, Call)}
    assert [by_id[call.call_id].source_id for call in told] == ["2", "1"]
    assert all(call.number_id == by_id[call.call_id].number_id for call in told)


def test_history_is_not_told(database: ModuleType, account_id: UUID) -> None:
    with heard() as told:
        put(account_id, a_call())
    assert told == []


def test_a_receiver_that_raises_undoes_the_call(database: ModuleType, account_id: UUID) -> None:
    def receiver(_session: Any, call: EndedCall) -> None:
        raise ZeroDivisionError

    with call_ended.connected_to(receiver), pytest.raises(ZeroDivisionError):
        put(account_id, a_call(), emit=True)
    assert rows(database, Call) == []


def test_a_large_batch_costs_as_many_queries_as_a_small_one(
    database: ModuleType, new_account: Callable[[], UUID], count_queries: Any
) -> None:
    counted = []
    for size in (2, 200):
        account_id = new_account()
        calls = [a_call(n, agent=(ASHA, VIVAN)[n % 2], number=HELPLINE, department=CARE) for n in range(size)]
        with count_queries() as queries:
            put(account_id, *calls)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_a_change_is_never_dated_before_an_earlier_one(database: ModuleType, account_id: UUID, clock: Any) -> None:
    clock.move(hours=1)
    put(account_id, a_call())
    clock.move(hours=-1)
    put(account_id, a_call(2))
    first, second = sorted(rows(database, Call), key=lambda call: call.change_seq)
    assert second.updated_at >= first.updated_at


@postgres_only
def test_change_numbers_become_visible_in_their_order(database: ModuleType, account_id: UUID) -> None:
    """Eight writers at once; a reader that pages on change_seq must never see a number appear below one it has passed."""

    def write(writer: int) -> None:
        for batch in range(10):
            put(account_id, *(a_call(writer * 1000 + batch * 10 + n) for n in range(5)))

    writers = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in writers:
        thread.start()
    seen: list[int] = []
    query = select(Call.change_seq).order_by(Call.change_seq)
    with database.read() as connection:
        while any(thread.is_alive() for thread in writers):
            seen += connection.scalars(query.where(Call.change_seq > (seen[-1] if seen else 0)))
    for thread in writers:
        thread.join()
    with database.read() as connection:
        seen += connection.scalars(query.where(Call.change_seq > (seen[-1] if seen else 0)))
        total = connection.scalar(select(func.count()).select_from(Call))
    assert seen == list(range(1, 401)) and total == 400


@postgres_only
def test_two_writers_of_one_call_store_it_once(database: ModuleType, account_id: UUID) -> None:
    barrier = threading.Barrier(4)

    def write() -> None:
        barrier.wait()
        put(account_id, a_call())

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows(database, Call)) == 1 and len(rows(database, Subject)) == 1


def test_what_is_stored_is_dated_by_the_platforms_clock(database: ModuleType, account_id: UUID) -> None:
    before = clock.now()
    put(account_id, a_call())
    (call,) = rows(database, Call)
    assert before <= call.entered_at <= clock.now() and call.entered_at == call.updated_at


def test_ingest_joins_the_callers_unit(database: ModuleType, account_id: UUID) -> None:
    with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
        ingest(session, account_id, [a_call()], emit=False)
        1 / 0  # noqa: B018
    assert rows(database, Call) == []
