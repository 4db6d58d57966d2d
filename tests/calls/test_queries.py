"""Reads: every field of the catalogue, terms that hold in SQL, pages whose cost does not grow with the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Select, select, update

from connect.calls.incoming import ContactIn, DepartmentIn
from connect.calls.kinds import AgentRole, Direction, LegAction, LegResult, MissedReason, NumberType, Status
from connect.calls.models import Call, Contact, Department, Subject, VirtualNumber
from connect.calls.ordering import CHANGES, NEWEST_CALLS
from connect.calls.queries import COLUMNS, FILTERS, PARTS, one, order_of, page, parts
from connect.calls.window import Window
from connect.core import clock
from connect.scopes.catalogue import RESOURCES
from connect.scopes.schemas import call as call_schemas
from connect.scopes.terms import Terms, default_terms
from tests.calls.samples import (
    BINAS_NUMBER,
    CARE,
    FRONT_DESK,
    HELPLINE,
    MINUTE,
    NOON,
    VIVAN,
    a_call,
    a_full_call,
    put,
)

ELSEWHERE = {"billing_item", "notification", "call_stats"}  # not this room's, or not rows


def read(database: ModuleType, query: Select[Any]) -> Sequence[Any]:
    with database.read() as connection:
        return connection.execute(query).all()


def firsts(database: ModuleType, query: Select[Any]) -> list[Any]:
    return [row[0] for row in read(database, query)]


def id_of(database: ModuleType, model: Any, column: str, value: Any) -> UUID:
    table = model.__table__.c
    (row,) = read(database, select(table.id).where(table[column] == value))
    found: UUID = row.id
    return found


def sources(database: ModuleType, window: Window, **filters: Any) -> list[str]:
    """`reference_id` of the visible calls that pass the filters, in their order."""
    return firsts(database, page("call", window, ["reference_id"], filters=filters, limit=100))


def numbered(nth: int, **changes: Any) -> Any:
    return a_call(nth, reference_id=str(nth), **changes)


def test_every_field_of_the_catalogue_has_a_column_and_no_more() -> None:
    assert set(COLUMNS) == set(RESOURCES) - ELSEWHERE
    for name, columns in COLUMNS.items():
        assert set(columns) == {field.name for field in RESOURCES[name].fields}, name


def test_the_closed_sets_are_those_of_the_catalogue() -> None:
    assert tuple(Direction) == call_schemas.DIRECTIONS
    assert tuple(Status) == call_schemas.STATUSES
    assert tuple(MissedReason) == call_schemas.MISSED_REASONS
    described = {
        ("number", "type"): NumberType,
        ("user", "role"): AgentRole,
        ("call_leg", "action"): LegAction,
        ("call_leg", "result"): LegResult,
    }
    for (resource, field), kinds in described.items():
        description = RESOURCES[resource].schema().fields[field].metadata["description"]
        assert all(kind in description for kind in kinds)


@pytest.mark.parametrize("resource", COLUMNS)
def test_every_column_of_every_resource_can_be_read(database: ModuleType, account_id: UUID, resource: str) -> None:
    put(account_id, a_full_call())
    names = list(COLUMNS[resource])
    (row, *_) = read(database, page(resource, Window(account_id), names, limit=10))
    values = dict(zip(names, row, strict=False))
    keys = row[len(names) : len(names) + 6]
    assert keys[0] is not None and len(row) == len(names) + 7
    if "id" in values:
        assert values["id"] == keys[0]


def test_a_call_shows_its_caller_and_contact(database: ModuleType, account_id: UUID) -> None:
    put(account_id, a_call(), a_call(2, caller=None))
    names = ["caller_e164", "caller_name", "contact_id", "caller_ref", "cost", "tags"]
    withheld, known = read(database, page("call", Window(account_id), names, limit=10))
    contact_id = id_of(database, Contact, "ref", "c-1")
    bina = select(Subject.id, Subject.salt).where(Subject.account_id == account_id, Subject.e164 == BINAS_NUMBER)
    subject_id, salt = read(database, bina)[0]
    assert tuple(known[:6]) == (BINAS_NUMBER, "Bina Pillai", contact_id, subject_id, 120, ["new"])
    assert tuple(known[9:12]) == (subject_id, salt, BINAS_NUMBER)
    assert tuple(withheld[:4]) == (None, None, None, None) and tuple(withheld[9:12]) == (None, None, None)


def test_a_user_lists_departments_in_one_query(database: ModuleType, account_id: UUID, count_queries: Any) -> None:
    put(account_id, a_call(), a_call(2, agent=VIVAN))
    sales, care = (id_of(database, Department, "name", name) for name in ("Sales", "Care"))
    with count_queries() as queries:
        users = read(database, page("user", Window(account_id), ["display_name", "departments"], limit=10))
    assert {row[0]: set(row[1]) for row in users} == {"Asha Rao": {sales, care}, "Vivan Das": {care}}
    assert len(queries) == 1


def test_another_accounts_rows_do_not_exist(database: ModuleType, new_account: Any) -> None:
    mine, theirs = new_account(), new_account()
    put(theirs, a_full_call())
    for resource, columns in COLUMNS.items():
        names = list(columns)
        if resource != "account":
            assert read(database, page(resource, Window(mine), names, limit=10)) == []
    call_id = id_of(database, Call, "account_id", theirs)
    assert read(database, one("call", Window(mine), ["id"], call_id)) == []
    assert firsts(database, one("call", Window(theirs), ["id"], call_id)) == [call_id]


def test_terms_on_lines_hold_for_calls_parts_and_contacts(database: ModuleType, account_id: UUID) -> None:
    put(account_id, a_full_call(), a_call(2, number=HELPLINE, caller=None))
    helpline = id_of(database, VirtualNumber, "e164", HELPLINE.e164)
    window = Window(account_id, numbers=(helpline,))
    assert firsts(database, page("call", window, ["number_id"], limit=10)) == [helpline]
    assert firsts(database, page("number", window, ["id"], limit=10)) == [helpline]
    assert len(read(database, page("call_leg", window, ["seq"], limit=10))) == 1
    for resource in ("contact", "call_note", "recording", "voicemail", "transcript"):
        assert read(database, page(resource, window, [], limit=10)) == [], resource


def test_terms_on_departments_hold_for_users_and_what_they_show(database: ModuleType, account_id: UUID) -> None:
    exports = DepartmentIn("Exports", parent="Sales")
    put(account_id, numbered(1), numbered(2, agent=VIVAN, department=CARE), numbered(3, department=exports))
    put(account_id, numbered(4, department=None))
    care, exported = (id_of(database, Department, "name", name) for name in ("Care", "Exports"))
    window = Window(account_id, departments=(care, exported))
    assert sources(database, window) == ["3", "2"]
    users = read(
        database, page("user", Window(account_id, departments=(care,)), ["display_name", "departments"], limit=9)
    )
    assert {(row[0], row[1]) for row in users} == {("Asha Rao", (care,)), ("Vivan Das", (care,))}
    shown = read(database, page("department", window, ["id", "parent_id"], limit=10))
    assert {tuple(row[:2]) for row in shown} == {(care, None), (exported, None)}


def test_a_contact_is_visible_with_one_of_its_calls(database: ModuleType, account_id: UUID) -> None:
    put(account_id, a_call())
    lines = (id_of(database, VirtualNumber, "e164", FRONT_DESK.e164),)
    assert len(read(database, page("contact", Window(account_id, numbers=lines), ["id"], limit=9))) == 1
    later = Window(account_id, numbers=lines, since=NOON + timedelta(days=1))
    assert read(database, page("contact", later, ["id"], limit=9)) == []


def test_no_chosen_line_means_no_call(database: ModuleType, account_id: UUID) -> None:
    put(account_id, a_call())
    assert sources(database, Window(account_id, numbers=())) == []


def test_a_window_begins_at_midnight_of_the_account_and_ends_with_the_grant(
    database: ModuleType, account_id: UUID
) -> None:
    midnight = datetime.fromisoformat("2026-11-02T00:00:00+05:30")
    for nth, at in enumerate((midnight - MINUTE, midnight, NOON, NOON + MINUTE)):
        put(account_id, numbered(nth, started_at=at))
    terms = default_terms(NOON)
    narrowed = Terms(**{**vars(terms), "history_from": date(2026, 11, 2), "include_new_calls": False})
    window = Window.of(account_id, narrowed, timezone="Asia/Kolkata", given_at=NOON)
    assert sources(database, window) == ["2", "1"]


def test_each_filter_picks_its_calls(database: ModuleType, account_id: UUID) -> None:
    put(account_id, numbered(1), numbered(2, status=Status.MISSED, agent=None, caller=None))
    put(account_id, numbered(3, number=HELPLINE, department=CARE, agent=VIVAN, direction=Direction.OUTBOUND))
    helpline = id_of(database, VirtualNumber, "e164", HELPLINE.e164)
    care = id_of(database, Department, "name", "Care")
    asha = firsts(
        database, page("call", Window(account_id), ["agent_id"], filters={"started_before": NOON + 2 * MINUTE}, limit=1)
    )
    expected: dict[str, tuple[Any, list[str]]] = {
        "started_after": (NOON + MINUTE, ["3", "2"]),
        "started_before": (NOON + 2 * MINUTE, ["1"]),
        "updated_since": (clock.now() + timedelta(days=1), []),
        "number_id": (helpline, ["3"]),
        "department_id": (care, ["3"]),
        "agent_id": (asha[0], ["1"]),
        "caller": (BINAS_NUMBER, ["3", "1"]),
        "status": ("missed", ["2"]),
        "direction": ("outbound", ["3"]),
    }
    assert set(expected) == set(FILTERS)
    for name, (value, found) in expected.items():
        assert sources(database, Window(account_id), **{name: value}) == found, name
    assert sources(database, Window(account_id), caller="+915099999999") == []


def test_paging_gives_each_call_once_in_order_also_within_one_second(database: ModuleType, account_id: UUID) -> None:
    put(account_id, *(numbered(nth, started_at=NOON + (nth % 3) * MINUTE) for nth in range(20)))
    window, seen, position = Window(account_id), [], None
    while rows := read(database, page("call", window, ["started_at", "id"], after=position, limit=3)):
        seen += [(row[0], row[1]) for row in rows]
        position = NEWEST_CALLS.position(rows[-1][-1], rows[-1][1])
    assert len(seen) == 20 and seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("resource", ["number", "user", "contact", "department"])
def test_other_lists_go_on_after_the_last_id(database: ModuleType, account_id: UUID, resource: str) -> None:
    another = ContactIn("c-2", "Ravi Iyer")
    put(account_id, a_call(), a_call(2, number=HELPLINE, agent=VIVAN, caller="+915000000011", contact=another))
    window, order = Window(account_id), order_of(resource, {})
    (first,) = read(database, page(resource, window, ["id"], limit=1))
    (second,) = read(database, page(resource, window, ["id"], after=order.position(first[-1], first[0]), limit=1))
    assert first[0] < second[0]


def test_updated_since_reads_changes_in_the_order_they_were_made(
    database: ModuleType, account_id: UUID, clock: Any
) -> None:
    put(account_id, *(numbered(nth) for nth in (1, 2, 3)))
    since = clock.move(hours=1)
    put(account_id, numbered(4))
    put(account_id, numbered(2, disposition="sold"))
    assert sources(database, Window(account_id), updated_since=since) == ["4", "2"]
    (row, _) = read(database, page("call", Window(account_id), ["id"], filters={"updated_since": since}, limit=2))
    after = CHANGES.position(row[-1], row[0])
    rest = page("call", Window(account_id), ["reference_id"], filters={"updated_since": since}, after=after, limit=9)
    assert firsts(database, rest) == ["2"]


def test_parts_come_with_their_calls_in_order(database: ModuleType, account_id: UUID, count_queries: Any) -> None:
    legs = (*a_call().legs, *a_call(agent=VIVAN).legs)
    put(account_id, a_call(legs=legs), a_call(2, legs=legs))
    calls = firsts(database, page("call", Window(account_id), ["id"], limit=10))
    with count_queries() as queries:
        rows = read(database, parts("call_leg", Window(account_id), ["seq"], calls))
    assert len(queries) == 1
    assert [(row[-1], row[0]) for row in rows] == [(call, seq) for call in sorted(calls) for seq in (1, 2)]
    assert set(PARTS) < set(COLUMNS)


def test_an_erased_caller_shows_nothing_and_keeps_the_call(database: ModuleType, account_id: UUID) -> None:
    put(account_id, a_call())
    with database.unit_of_work() as session:
        session.execute(update(Subject).values(e164=None, salt=None, contact_id=None))
    names = ["caller_e164", "caller_name", "contact_id"]
    (row,) = read(database, page("call", Window(account_id), names, limit=1))
    assert tuple(row[:3]) == (None, None, None)
