"""Filling an account: a demo with everything, a benchmark with very much."""

from __future__ import annotations

import hashlib
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from bench import bulk
from connect.calls import media, services
from connect.calls.changes import UnknownAccountError
from connect.calls.models import Call, CallLeg, CallNote, Contact, Recording, Transcript
from connect.core import clock, ids
from tests.calls.samples import a_call
from tests.support.databases import postgres_only


def count(database: ModuleType, model: Any) -> int:
    with database.read() as connection:
        found: int = connection.scalar(select(func.count()).select_from(model))
        return found


def test_a_demo_has_calls_up_to_now_with_all_that_hangs_on_them(database: ModuleType, account_id: UUID) -> None:
    heard: list[int] = []
    report = services.load_demo(database.unit_of_work, account_id, 1500, progress=heard.append)
    assert (report.added, heard) == (1500, [1000, 1500])
    assert all(count(database, model) > 10 for model in (CallLeg, CallNote, Recording, Transcript, Contact))
    with database.read() as connection:
        newest = connection.scalar(select(func.max(Call.ended_at)))
        recordings = connection.execute(select(Recording.sha256).distinct()).scalars().all()
    assert newest < clock.now()
    for sha256 in recordings:
        assert hashlib.sha256(media.path(account_id, sha256).read_bytes()).hexdigest() == sha256


def test_an_unknown_account_cannot_be_filled(database: ModuleType) -> None:
    with pytest.raises(UnknownAccountError):
        services.load_demo(database.unit_of_work, ids.new(), 1)


@pytest.fixture
def small_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_BLOCK", 200)


@pytest.mark.usefixtures("small_block")
def test_a_benchmark_gets_copies_that_are_calls_of_their_own(database: ModuleType, account_id: UUID) -> None:
    heard: list[int] = []
    bulk.fill(account_id, 450, progress=heard.append)
    assert heard == [200, 400, 450]
    with database.read() as connection:
        calls = connection.execute(select(*Call.__table__.c).order_by(Call.change_seq)).all()
    assert [call.change_seq for call in calls] == list(range(1, 451))
    assert len({call.id for call in calls}) == len({call.source_id for call in calls}) == 450
    assert {call.id.version for call in calls} == {7}
    original, copy = calls[0], calls[200]
    assert copy.subject_id == original.subject_id and copy.talk_s == original.talk_s
    assert copy.ended_at - copy.started_at == original.ended_at - original.started_at
    assert (original.started_at - copy.started_at).days == 7
    assert not any(call.has_recording or call.has_transcript for call in calls[200:])
    assert [call.id for call in calls[200:400]] > [call.id for call in calls[:1]]


@pytest.mark.usefixtures("small_block")
def test_ingest_goes_on_after_a_benchmark_was_filled(database: ModuleType, account_id: UUID) -> None:
    bulk.fill(account_id, 300)
    services.store(database.unit_of_work, account_id, [a_call()])
    with database.read() as connection:
        assert connection.scalar(select(Call.change_seq).where(Call.source == "test")) == 301


def test_a_gentle_store_rests_after_each_transaction(
    database: ModuleType, account_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []
    monkeypatch.setattr(services.time, "sleep", rests.append)
    services.store(database.unit_of_work, account_id, [a_call(1), a_call(2)], batch=1, gentle=True)
    assert len(rests) == 2 and all(0 < rest <= 0.025 for rest in rests)


@postgres_only
def test_postgresql_knows_what_was_stored_at_once(database: ModuleType, account_id: UUID) -> None:
    services.store(database.unit_of_work, account_id, [a_call(number) for number in range(1, 31)])
    with database.read() as connection:
        known = connection.exec_driver_sql("SELECT reltuples FROM pg_class WHERE relname = 'call'").scalar_one()
    assert known >= 30
