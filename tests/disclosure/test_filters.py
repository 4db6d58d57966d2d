"""A filter on a field needs the scope that shows the field unmasked; what is asked about a person stands in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import chain, combinations
from typing import Any
from uuid import UUID

import pytest

from connect.core import clock
from connect.disclosure import entry, reads
from connect.disclosure.filters import CallFilter
from connect.disclosure.reads import Paging
from connect.scopes.catalogue import RESOURCES
from connect.scopes.errors import NotGranted
from connect.scopes.rights import FILTERS
from tests.disclosure.conftest import NUMBERS, Door
from tests.support.entries import one_entry

NEEDS = dict.fromkeys(FILTERS["call"], "call_log:read") | {"caller": "call_log.numbers:read"}
UNKNOWN_CALLER = "+915099999999"
SCOPES = sorted({field.scope for field in RESOURCES["call"].fields} | {"contacts.details:read"})
SETS = [frozenset(each) for each in chain.from_iterable(combinations(SCOPES, size) for size in range(len(SCOPES) + 1))]


def wanted(name: str, door: Door) -> Any:
    """A value for a filter that some call passes."""
    rows = door.page(limit=100).rows
    times = {"started_after": -timedelta(days=900), "started_before": timedelta(), "updated_since": -timedelta(days=1)}
    if name in times:
        return clock.now() + times[name]
    if name == "caller":
        return rows.keys[0].subject_e164 or UNKNOWN_CALLER
    place = rows.projection.names.index(name)
    value = next(row[place] for row in rows.values if row[place] is not None)
    return UUID(bytes=value) if name.endswith("_id") else value


def test_every_filter_is_in_this_table() -> None:
    assert NEEDS.keys() == FILTERS["call"].keys() == set(CallFilter.__dataclass_fields__)


@pytest.mark.parametrize("name", NEEDS)
def test_a_filter_is_open_to_exactly_the_sets_of_scopes_that_show_its_field(
    door_of: Callable[..., Door], name: str
) -> None:
    door = door_of(NUMBERS)
    asked = CallFilter(**{name: wanted(name, door)})
    for scopes in SETS:
        context = door.world.context(door.grant, scopes)
        if NEEDS[name] in scopes and "call_log:read" in scopes:
            assert reads.calls(context, asked, Paging(5)).rows is not None
        else:
            with pytest.raises(NotGranted) as caught:
                reads.calls(context, asked, Paging(5))
            assert caught.value.scopes[0] in {NEEDS[name], "call_log:read"} - scopes


@pytest.mark.parametrize("found", [True, False])
def test_a_question_by_caller_enters_the_numbers_digest_whatever_is_found(
    door_of: Callable[..., Door], found: bool
) -> None:
    door = door_of(NUMBERS)
    known = next(keys.subject_e164 for keys in door.page(limit=100).rows.keys if keys.subject_e164)
    asked = known if found else UNKNOWN_CALLER
    released, records = door.list(caller=asked)
    assert bool(records) is found
    said = one_entry(type="disclosure").entry
    assert said.members["asked"] == {"caller": entry.asked_digest(asked)}
    assert asked not in said.body.decode() and said.count == len(records) == released.count


def test_filters_on_fields_that_are_not_personal_leave_no_digest(door: Door) -> None:
    door.list(status="answered", direction="inbound", number_id=UUID(int=1))
    assert one_entry(type="disclosure").entry.members["asked"] is None


def test_the_window_is_the_terms_narrowed_by_the_filters(door_of: Callable[..., Door]) -> None:
    door = door_of(include_new_calls=False)
    whole = door.page().window
    given_at = door.grant.given_at
    assert whole["started_before"] == given_at.isoformat().replace("+00:00", "Z")
    assert whole["started_after"].startswith("20") and whole["started_after"].endswith(
        "18:30:00Z"
    )  # midnight in Kolkata
    inside = door.page(started_after=given_at - timedelta(days=1), started_before=given_at - timedelta(hours=1)).window
    assert inside["started_after"] > whole["started_after"] and inside["started_before"] < whole["started_before"]
    beyond = door.page(started_after=given_at - timedelta(days=900), started_before=given_at + timedelta(days=1)).window
    assert beyond == whole
