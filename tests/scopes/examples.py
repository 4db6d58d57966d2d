"""What the tests of this room make up: sets of scopes, rows, terms."""

from __future__ import annotations

import datetime as dt
from itertools import chain, combinations
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from connect.core import ids
from connect.scopes.catalogue import RESOURCES
from connect.scopes.resource import FieldRule, Resource
from connect.scopes.scopes import CONSENT_SCOPES
from connect.scopes.terms import Terms

PART_ONE = ("account", "number", "department", "user", "contact", "call", "call_leg")

scope_sets = st.frozensets(st.sampled_from(sorted(CONSENT_SCOPES)))


def times(first: str, last: str) -> st.SearchStrategy[dt.datetime]:
    """Times in UTC; the ends are given without a zone, as hypothesis wants them."""
    ends = (dt.datetime.fromisoformat(end) for end in (first, last))
    return st.datetimes(*ends, timezones=st.just(dt.UTC))


_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "id": st.uuids(),
    "ids": st.lists(st.uuids(), max_size=3),
    "text": st.text(),
    "texts": st.lists(st.text(), max_size=3),
    "integer": st.integers(-10, 2**40),
    "boolean": st.booleans(),
    "time": times("1970-01-01", "2100-01-01"),
    "date": st.dates(),
    "money": st.integers(0, 10**9),
    "object": st.dictionaries(st.text(), st.text(), max_size=2),
}


def relevant_scopes(resource: Resource) -> list[str]:
    """The scopes that show fields of `resource`, and one that does not."""
    return sorted({field.scope for field in resource.fields} | {"billing.usage:read", "numbers:read"})


def subsets(names: list[str]) -> list[frozenset[str]]:
    """Every set of `names`."""
    sized = (combinations(names, size) for size in range(len(names) + 1))
    return [frozenset(each) for each in chain.from_iterable(sized)]


def values(rule: FieldRule) -> st.SearchStrategy[Any]:
    """Values of a column as the database gives them, None among them."""
    if rule.kind == "objects":
        return st.lists(st.fixed_dictionaries({part.name: values(part) for part in rule.parts}), max_size=2)
    return st.none() | _VALUES[rule.kind]


def rows(resource: str) -> st.SearchStrategy[dict[str, Any]]:
    """Whole rows of a resource, by field name."""
    return st.fixed_dictionaries({rule.name: values(rule) for rule in RESOURCES[resource].fields})


def _selections(prefix: str) -> st.SearchStrategy[Any]:
    chosen = st.frozensets(st.integers(1, 4).map(lambda number: encoded(prefix, number)))
    return st.just("all") | chosen.map(lambda each: tuple(sorted(each)))


def encoded(prefix: str, number: int) -> str:
    """The id of UUID `number`."""
    return ids.encode(prefix, UUID(int=number))


terms = st.builds(
    Terms,
    numbers=_selections("num"),
    departments=_selections("dep"),
    history_from=st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 9)),
    include_new_calls=st.booleans(),
    expires_at=times("2026-02-01", "2026-02-09"),
    retention_days=st.none() | st.integers(1, 5),
    daily_records=st.none() | st.integers(1, 5),
)
