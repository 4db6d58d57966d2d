"""How the databases run the lists: down an index, however long the call log is."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Select, event, select, text

from bench import bulk
from connect.calls.models import Call, Subject, VirtualNumber
from connect.calls.ordering import NEWEST_CALLS, Position
from connect.calls.queries import page
from connect.calls.window import Window
from connect.core import clock, database
from tests.support.databases import sqlite_only

LISTS = ("all", "number_id", "department_id", "agent_id", "status", "caller", "updated_since", "after")
INDEXES = {
    "all": "ix_call_account_id_started_at_id",
    "after": "ix_call_account_id_started_at_id",
    "number_id": "ix_call_account_id_number_id_started_at_id",
    "department_id": "ix_call_account_id_department_id_started_at_id",
    "agent_id": "ix_call_account_id_agent_id_started_at_id",
    "status": "ix_call_account_id_status_started_at_id",
    "caller": "ix_call_account_id_subject_id_started_at_id",
    "updated_since": "uq_call_account_id_change_seq",
}
SQLITE_NAMES = {"sqlite_autoindex_call_2": "uq_call_account_id_change_seq"}  # it names no index of a constraint
WHOLE = ("Seq Scan on call", "SCAN call", "Sort Key", "TEMP B-TREE")


def plan(statement: Select[Any]) -> str:
    """How the database runs `statement`, in its own words."""
    explain = "EXPLAIN QUERY PLAN" if database.dialect() == "sqlite" else "EXPLAIN"
    with database.read() as connection:
        sent, values = _sent(connection, statement)
        return "\n".join(" ".join(map(str, row)) for row in connection.exec_driver_sql(f"{explain} {sent}", values))


def _sent(connection: Connection, statement: Select[Any]) -> tuple[str, Any]:
    """Text and values as they reach the driver."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, text: str, values: Any, *_rest: Any) -> None:
        seen.append((text, values))

    event.listen(connection, "before_cursor_execute", note)
    connection.execute(statement).all()
    event.remove(connection, "before_cursor_execute", note)
    return seen[0]


def filled(account_id: UUID, count: int) -> None:
    bulk.fill(account_id, count)
    if database.dialect() == "postgresql":  # which does so by itself after a while; SQLite has to do without
        with database.read() as connection:
            connection.execute(text("ANALYZE"))


def listed(account_id: UUID, name: str) -> Select[Any]:
    """A page of 50 with everything an app may see, filtered as `name` says by what a call in the middle of the log has."""
    names = ["id", "started_at", "caller_e164", "caller_name", "contact_id", "agent_id", "updated_at"]
    window = Window(account_id, since=clock.now() - timedelta(days=800))
    if name == "all":
        return page("call", window, names, limit=50)
    with database.read() as connection:
        columns = (*Call.__table__.c, Subject.e164)
        known = select(*columns).join(Subject, Subject.id == Call.subject_id).where(Call.agent_id.is_not(None))
        middle = connection.execute(known.order_by(Call.started_at.desc()).offset(1000).limit(1)).one()
    if name == "after":
        return page("call", window, names, after=_position(middle), limit=50)
    wanted = {"caller": middle.e164, "updated_since": middle.updated_at}
    value = wanted[name] if name in wanted else getattr(middle, name)
    return page("call", window, names, filters={name: value}, limit=50)


def _position(row: Any) -> Position:
    return NEWEST_CALLS.position(row.started_at, row.id)


@pytest.fixture
def small_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies are quick to make, so most of the log are copies."""
    monkeypatch.setattr(bulk, "_BLOCK", 1000)


@pytest.mark.usefixtures("small_block")
def test_a_page_of_50_walks_down_an_index(database: ModuleType, account_id: UUID) -> None:
    filled(account_id, 20_000)
    for name in LISTS:
        told = plan(listed(account_id, name))
        for theirs, ours in SQLITE_NAMES.items():
            told = told.replace(theirs, ours)
        assert INDEXES[name] in told, f"{name}\n{told}"
        assert not any(word in told for word in WHOLE), f"{name}\n{told}"


@sqlite_only
@pytest.mark.usefixtures("small_block")
def test_contacts_of_chosen_lines_are_found_by_their_own_calls(database: ModuleType, account_id: UUID) -> None:
    filled(account_id, 10_000)
    with database.read() as connection:
        lines = connection.scalars(select(VirtualNumber.__table__.c.id).limit(2)).all()
    told = plan(page("contact", Window(account_id, numbers=tuple(lines)), ["id", "e164"], limit=50))
    assert "ix_call_account_id_subject_id_started_at_id" in told, told


@pytest.mark.usefixtures("small_block")
def test_chosen_lines_do_not_make_a_list_sort(database: ModuleType, account_id: UUID) -> None:
    filled(account_id, 10_000)
    with database.read() as connection:
        lines = connection.scalars(select(VirtualNumber.__table__.c.id)).all()
    for chosen in (lines[:1], lines[:3]):
        told = plan(page("call", Window(account_id, numbers=tuple(chosen)), ["id", "caller_e164"], limit=50))
        assert not any(word in told for word in WHOLE), told


@pytest.mark.prove
def test_a_page_of_50_costs_with_a_million_calls_what_it_costs_with_ten_thousand(
    database: ModuleType, new_account: Any
) -> None:
    small, large = new_account(), new_account()
    filled(small, 10_000)
    filled(large, 1_000_000)
    for name in LISTS:
        few, many = (_best(listed(account_id, name)) for account_id in (small, large))
        assert many < 2 * few + 0.001, f"{name}: {few * 1000:.2f} ms, {many * 1000:.2f} ms"


def _best(statement: Select[Any]) -> float:
    """Seconds of the quickest of twenty."""
    times = []
    with database.read() as connection:
        for _ in range(20):
            started = clock.monotonic()
            connection.execute(statement).all()
            times.append(clock.monotonic() - started)
    return min(times)
