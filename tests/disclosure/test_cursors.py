"""A cursor belongs to one account, grant and set of filters; nobody can read, make or change one."""

from __future__ import annotations

import base64
from collections.abc import Callable
from types import ModuleType
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connect.core.settings import Settings
from connect.disclosure import cursors, reads
from connect.disclosure.errors import CursorError
from connect.disclosure.filters import CallFilter
from connect.disclosure.reads import Paging
from tests.disclosure.conftest import NUMBERS, Door
from tests.support import world

BOUND = {"account": UUID(int=1), "grant": UUID(int=2), "resource": "call"}
POSITION = (1_700_000_000_000_000, UUID(int=3))
here = hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)


@here
@given(key=st.integers(-(2**63), 2**63 - 1), record_id=st.uuids())
def test_a_cursor_comes_back_as_it_was_and_is_the_same_each_time(settings: Settings, key: int, record_id: UUID) -> None:
    text = cursors.encode(BOUND, (key, record_id))
    assert cursors.decode(BOUND, text) == (key, record_id)
    assert cursors.encode(BOUND, (key, record_id)) == text


@here
@given(text=st.text(max_size=80) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_what_was_not_made_here_is_refused(settings: Settings, text: str) -> None:
    with pytest.raises(CursorError):
        cursors.decode(BOUND, text)


def test_no_letter_can_be_changed(settings: Settings) -> None:
    text = cursors.encode(BOUND, POSITION)
    for at, letter in enumerate(text):
        for other in "AbZ9_-"[:6]:
            if other != letter:
                with pytest.raises(CursorError):
                    cursors.decode(BOUND, text[:at] + other + text[at + 1 :])


def test_nothing_can_be_read_off_it(settings: Settings) -> None:
    text = cursors.encode(BOUND, POSITION)
    assert POSITION[1].bytes not in base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize(
    "other",
    [
        BOUND | {"account": UUID(int=9)},
        BOUND | {"grant": UUID(int=9)},
        BOUND | {"resource": "number"},
        BOUND | {"status": "missed"},
    ],
)
def test_it_fits_nothing_else(settings: Settings, other: dict[str, object]) -> None:
    with pytest.raises(CursorError):
        cursors.decode(other, cursors.encode(BOUND, POSITION))


def every(door: Door, limit: int, **filters: object) -> list[bytes]:
    """Record ids of all pages, in order."""
    found: list[bytes] = []
    cursor = None
    while True:
        page = door.page(limit=limit, cursor=cursor, **filters)
        found += [keys.record_id for keys in page.rows.keys]
        if page.next is None:
            return found
        cursor = page.next


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_pages_of_any_size_show_each_call_once_in_the_same_order(door: Door, limit: int) -> None:
    assert every(door, limit) == every(door, 100) and len(set(every(door, 100))) > 10


def test_the_last_page_has_no_cursor_even_when_it_is_full(door: Door) -> None:
    count = len(every(door, 100))
    assert door.page(limit=count).next is None


def test_the_page_size_and_the_fields_may_change_on_the_way(door: Door) -> None:
    first = door.page(limit=3)
    rest = door.page(limit=100, cursor=first.next, only=frozenset({"id"}))
    assert [keys.record_id for keys in (*first.rows.keys, *rest.rows.keys)] == every(door, 100)


def test_a_cursor_of_another_grant_is_refused(door: Door) -> None:
    mine = door.page(limit=3)
    other = world.make(calls=5, name="Other Traders")
    theirs = Door(other, world.give(other))
    with pytest.raises(CursorError):
        theirs.page(limit=3, cursor=mine.next)


def test_a_cursor_of_other_filters_is_refused(door: Door) -> None:
    mine = door.page(limit=3)
    with pytest.raises(CursorError):
        door.page(limit=3, cursor=mine.next, direction="inbound")


def test_the_address_book_pages_by_entry(door_of: Callable[..., Door], database: ModuleType) -> None:
    door = door_of(NUMBERS | {"contacts:read"})
    first = reads.directory(door.context(), "contact", Paging(2))
    second = reads.directory(door.context(), "contact", Paging(100, first.next))
    found = [keys.record_id for keys in (*first.rows.keys, *second.rows.keys)]
    assert len(first.rows) == 2 and found == sorted(found) and len(set(found)) == len(found)
    assert CallFilter().used() == {}
