"""A ledger that cannot be written: 503 ledger-unavailable, and nothing leaves. Each fault is a real one of the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, text

from connect.core import database
from connect.core.problems import Problem
from connect.core.settings import Settings
from connect.disclosure.release import list_of, release
from tests.disclosure.conftest import Door
from tests.support.databases import postgres_only, sqlite_only
from tests.support.entries import entries

pytestmark = pytest.mark.fault


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"database_timeout": timedelta(milliseconds=200)}


def refused(door: Door) -> None:
    """The door lets nothing out, says so, and leaves no entry."""
    rows = door.page().rows
    with pytest.raises(Problem) as caught:
        release(door.context(), rows, list_of())
    assert caught.value.slug == "ledger-unavailable" and caught.value.status == 503
    assert int(caught.value.headers["Retry-After"]) > 0


def works_again(door: Door) -> None:
    assert not entries(type="disclosure")
    assert door.list()[1]


@contextmanager
def on_every_connection(change: Callable[[Any], None]) -> Iterator[None]:
    """Change each connection of the pool as it is taken; all are closed afterwards."""
    engine: Engine = database.active().engine

    def on_checkout(connection: Any, _record: Any, _proxy: Any) -> None:
        change(connection)

    event.listen(engine, "checkout", on_checkout)
    try:
        yield
    finally:
        event.remove(engine, "checkout", on_checkout)
        engine.pool.dispose()


@sqlite_only
def test_a_file_that_another_process_locks(door: Door, settings: Settings) -> None:
    path = settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused(door)
        other.execute("ROLLBACK")
    works_again(door)


@sqlite_only
def test_a_disk_that_is_full(door: Door) -> None:
    def fill(connection: Any) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    rows = door.page(limit=100).rows
    with on_every_connection(fill), pytest.raises(Problem, match="nothing was sent"):
        for _ in range(100):  # until the free room in the last pages is used up
            release(door.context(), rows, list_of())
    before = len(entries(type="disclosure"))
    release(door.context(), rows, list_of())
    assert len(entries(type="disclosure")) == before + 1


@sqlite_only
def test_a_table_that_refuses_the_row_in_sqlite(door: Door) -> None:
    _run("CREATE TRIGGER no_entry BEFORE INSERT ON ledger_pending BEGIN SELECT RAISE(ABORT, 'broken'); END")
    refused(door)
    _run("DROP TRIGGER no_entry")
    works_again(door)


@postgres_only
def test_a_table_that_refuses_the_row_in_postgresql(door: Door) -> None:
    _run("ALTER TABLE ledger_pending ADD CONSTRAINT no_entry CHECK (false) NOT VALID")
    try:
        refused(door)
    finally:
        _run("ALTER TABLE ledger_pending DROP CONSTRAINT no_entry")
    works_again(door)


@postgres_only
def test_a_server_that_went_read_only(door: Door) -> None:
    def freeze(connection: Any) -> None:
        connection.execute("SET default_transaction_read_only = on")
        connection.commit()

    with on_every_connection(freeze):
        refused(door)
    works_again(door)


@postgres_only
def test_a_server_that_goes_away_between_read_and_entry(door: Door, settings: Settings) -> None:
    rows = door.page().rows
    with psycopg.connect(settings.database_url, autocommit=True) as admin:

        def cut(connection: Any) -> None:
            admin.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])

        with on_every_connection(cut), pytest.raises(Problem, match="nothing was sent"):
            release(door.context(), rows, list_of())
    works_again(door)


@postgres_only
def test_a_grant_that_somebody_holds_locked_for_too_long(door: Door, settings: Settings) -> None:
    rows = door.page().rows
    with psycopg.connect(settings.database_url) as other:
        other.execute('SELECT 1 FROM "grant" FOR UPDATE')
        with pytest.raises(Problem, match="nothing was sent"):
            release(door.context(), rows, list_of())
    works_again(door)


def _run(statement: str) -> None:
    with database.unit_of_work() as session:
        session.execute(text(statement))
