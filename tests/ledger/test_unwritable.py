"""A ledger that cannot be written: 503, and nothing leaves. A disclosure without an entry does not exist."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url

from connect.core.settings import Settings, seconds
from connect.ledger import models, note, promise, queries
from connect.ledger.queries import Filters
from tests.support import world
from tests.support.databases import on_connect, sqlite_only
from tests.support.flow import Flow


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"database_timeout": seconds(0.3)}


@pytest.fixture
def flow(app: Flask) -> Flow:
    """An app that may read twenty calls."""
    made = Flow(app, world.make(calls=20))
    made.connect()
    return made


@contextmanager
def from_outside(settings: Settings, statement: str) -> Iterator[Any]:
    """Another program's open transaction on the same database."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        connection: Any = sqlite3.connect(str(url.database), isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
    else:
        connection = psycopg.connect(settings.database_url)
        connection.execute(statement)
    try:
        yield connection
    finally:
        connection.rollback()
        connection.close()


def disclosures(database: ModuleType) -> int:
    with database.read() as connection:
        return queries.total(connection, Filters(type="disclosure"))


def assert_nothing_left(answer: Any) -> None:
    assert answer.status_code == 503, answer.text
    problem = answer.get_json()
    assert problem["type"].endswith("/problems/ledger-unavailable")
    assert "data" not in problem
    assert promise.HEADER not in answer.headers
    assert answer.headers["Retry-After"] == "5"


def test_a_locked_ledger_lets_nothing_leave_until_it_is_free(
    flow: Flow, database: ModuleType, settings: Settings
) -> None:
    before = disclosures(database)
    with from_outside(settings, "LOCK TABLE ledger_entry IN SHARE ROW EXCLUSIVE MODE"):
        assert_nothing_left(flow.read())
    assert disclosures(database) == before
    assert flow.read().status_code == 200
    assert disclosures(database) == before + 1


@pytest.mark.parametrize("table", [models.entry, models.pending, models.lines], ids=lambda table: table.name)
def test_a_ledger_without_one_of_its_tables_lets_nothing_leave(flow: Flow, database: ModuleType, table: Any) -> None:
    with database.unit_of_work() as session:
        session.connection().exec_driver_sql(f"ALTER TABLE {table.name} RENAME TO away")
    try:
        assert_nothing_left(flow.read())
    finally:
        with database.unit_of_work() as session:
            session.connection().exec_driver_sql(f"ALTER TABLE away RENAME TO {table.name}")
    assert flow.read().status_code == 200


@sqlite_only
def test_a_full_disk_lets_nothing_leave_and_every_answer_before_it_has_its_entry(
    flow: Flow, database: ModuleType
) -> None:
    before = disclosures(database)
    engine = database.active().engine
    with database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    with on_connect(engine, lambda connection: connection.execute(f"PRAGMA max_page_count = {pages + 4}")):
        answers = [flow.read() for _ in range(30)]
    sent = [answer for answer in answers if answer.status_code == 200]
    assert 0 < len(sent) < len(answers)
    assert disclosures(database) == before + len(sent)
    for answer in answers:
        if answer.status_code != 200:
            assert_nothing_left(answer)


def test_an_answer_carries_the_promise_of_its_entry(flow: Flow, database: ModuleType) -> None:
    answer = flow.read()
    key = note.parse_verifier_key(promise.verifier_key("log"))[1]
    assert promise.holds(answer.headers[promise.HEADER], key)
    with database.read() as connection:
        (entry,) = queries.search(connection, Filters(request_id=answer.headers["Request-Id"]))
    assert answer.headers[promise.HEADER].startswith(f"{entry.name}; ")
