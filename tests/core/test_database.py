"""One commit at the edge, one writer on SQLite, values that come back as they went in."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from types import ModuleType

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError

from connect.core import clock, ids, keyring, mail
from connect.core.groupcommit import GroupWriter
from connect.core.mail import Mail


def letter(session, kind="test"):
    mail.send(session, "a@example.com", "Subject", "Body", kind)


def kinds(database) -> list[str]:
    with database.read() as connection:
        return sorted(connection.scalars(select(Mail.kind)))


def test_what_a_unit_wrote_is_there_after_it(database: ModuleType) -> None:
    with database.unit_of_work() as session:
        letter(session)
        assert database.current_unit() is session
    assert kinds(database) == ["test"]
    assert database.current_unit() is None


def test_an_exception_leaves_nothing_behind_and_calls_nobody(database: ModuleType) -> None:
    called = []
    with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
        letter(session)
        session.flush()
        database.after_commit(session, lambda: called.append(1))
        1 / 0  # noqa: B018
    assert kinds(database) == [] and called == []


def test_a_unit_inside_a_unit_is_refused(database: ModuleType) -> None:
    with database.unit_of_work(), pytest.raises(RuntimeError, match="open already"), database.unit_of_work():
        pass


def test_a_savepoint_undoes_only_its_own_part(database: ModuleType) -> None:
    with database.unit_of_work() as session:
        letter(session, "kept")
        with pytest.raises(ZeroDivisionError), database.savepoint(session):
            letter(session, "undone")
            session.flush()
            1 / 0  # noqa: B018
    assert kinds(database) == ["kept"]


def test_many_threads_write_at_once_and_none_is_locked_out(database: ModuleType) -> None:
    def write() -> None:
        for _ in range(10):
            with database.unit_of_work() as session:
                letter(session)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kinds(database)) == 80


def test_group_commit_answers_each_caller_for_its_own_part(database: ModuleType) -> None:
    writer = GroupWriter(database.active())
    writer.start()
    outcomes: dict[int, object] = {}

    def call(number: int) -> None:
        def work(session):
            letter(session, str(number))
            if number % 5 == 0:
                raise ValueError(number)
            return number

        try:
            outcomes[number] = database.group_commit(work)
        except ValueError as error:
            outcomes[number] = error

    threads = [threading.Thread(target=call, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.stop()
    assert [number for number in range(20) if outcomes[number] == number] == [n for n in range(20) if n % 5]
    assert kinds(database) == sorted(str(n) for n in range(20) if n % 5)


def test_times_and_ids_come_back_as_they_went_in(database: ModuleType) -> None:
    made, at = ids.new(), datetime(2026, 11, 25, 8, 12, 26, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with database.unit_of_work() as session:
        session.add(Mail(id=made, recipient="a", subject="s", body="b", kind="k", created_at=at))
    with database.read() as connection:
        back = connection.execute(select(Mail.id, Mail.created_at)).one()
    assert back == (made, at) and back.created_at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database: ModuleType) -> None:
    with pytest.raises(StatementError, match="needs its zone"), database.unit_of_work() as session:
        session.add(Mail(id=ids.new(), recipient="a", subject="s", body="b", kind="k", created_at=datetime(2026, 1, 1)))  # noqa: DTZ001


def test_times_and_ids_sort_as_they_happened(database: ModuleType) -> None:
    made = [ids.new() for _ in range(50)]
    start = clock.now()
    with database.unit_of_work() as session:
        for place, one in enumerate(reversed(made)):
            at = start - timedelta(microseconds=place)
            session.add(Mail(id=one, recipient="a", subject="s", body="b", kind="k", created_at=at))
    with database.read() as connection:
        assert list(connection.scalars(select(Mail.id).order_by(Mail.id))) == made
        assert list(connection.scalars(select(Mail.id).order_by(Mail.created_at))) == made


def test_two_processes_that_need_a_new_signing_key_agree_on_one(database: ModuleType) -> None:
    keys: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: keys.append(keyring.signing_key("test").private_bytes_raw())) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 6 and len(set(keys)) == 1
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(keyring.SigningKey)) == 1
        assert keys[0] not in connection.scalar(select(keyring.SigningKey.sealed))


def test_an_upsert_leaves_or_changes_the_row_that_is_there(database: ModuleType) -> None:
    key = {"purpose": "test", "number": 1, "created_at": clock.now()}
    same = ["purpose", "number"]
    with database.unit_of_work() as session:
        first, second = (database.upsert(keyring.SigningKey).values(sealed=sealed, **key) for sealed in (b"1", b"2"))
        sealed = select(keyring.SigningKey.sealed)
        session.execute(first.on_conflict_do_nothing())
        session.execute(second.on_conflict_do_nothing())
        assert session.scalars(sealed).all() == [b"1"]
        session.execute(second.on_conflict_do_update(index_elements=same, set_={"sealed": second.excluded.sealed}))
        assert session.scalars(sealed).all() == [b"2"]
