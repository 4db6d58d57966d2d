"""The statements of queries.py, each made once for its form, with named parameters: to make one takes longer than to run it.

The form of a question is the resource, the fields, which members of the window narrow, which filters are asked, whether it goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Select, bindparam
from sqlalchemy.types import TypeEngine

from connect.calls import queries
from connect.calls.ordering import Position
from connect.calls.window import Window
from connect.core.database import Id, UtcDateTime

_KEPT = 1024
_MEMBERS: Mapping[str, TypeEngine[Any]] = {
    "numbers": Id(),
    "departments": Id(),
    "since": UtcDateTime(),
    "until": UtcDateTime(),
}
_LISTED = frozenset({"numbers", "departments"})
Names = tuple[str, ...]


class Prepared(NamedTuple):
    """What `Connection.execute` takes."""

    statement: Select[Any]
    parameters: dict[str, Any]


def page(
    resource: str, window: Window, names: Names, *, filters: Mapping[str, Any], after: Position | None, limit: int
) -> Prepared:
    """As queries.page."""
    parameters = {
        "asked_limit": limit,
        **_values(window),
        **{f"asked_{name}": value for name, value in filters.items()},
    }
    if after is not None:
        whole, record_id = after
        parameters |= {"after_value": queries.order_of(resource, filters).value(whole), "after_id": record_id}
    return Prepared(_page(resource, names, _form(window), tuple(filters), after is not None), parameters)


def one(resource: str, window: Window, names: Names, record_id: UUID) -> Prepared:
    """As queries.one."""
    return Prepared(_one(resource, names, _form(window)), {"asked_id": record_id, **_values(window)})


def parts(resource: str, window: Window, names: Names, calls: Collection[UUID]) -> Prepared:
    """As queries.parts."""
    return Prepared(_parts(resource, names, _form(window)), {"asked_calls": list(calls), **_values(window)})


@lru_cache(maxsize=_KEPT)
def _page(resource: str, names: Names, form: Names, filters: Names, goes_on: bool) -> Select[Any]:
    asked: dict[str, Any] = {name: bindparam(f"asked_{name}") for name in filters}
    limit: Any = bindparam("asked_limit", type_=Integer())
    query = queries.page(resource, _parametrised(form), names, filters=asked, limit=limit)
    if goes_on:
        query = query.where(
            queries.order_of(resource, asked).beyond(bindparam("after_value"), bindparam("after_id", type_=Id()))
        )
    return query


@lru_cache(maxsize=_KEPT)
def _one(resource: str, names: Names, form: Names) -> Select[Any]:
    record_id: Any = bindparam("asked_id", type_=Id())
    return queries.one(resource, _parametrised(form), names, record_id)


@lru_cache(maxsize=_KEPT)
def _parts(resource: str, names: Names, form: Names) -> Select[Any]:
    calls: Any = bindparam("asked_calls", type_=Id(), expanding=True)
    return queries.parts(resource, _parametrised(form), names, calls)


def _form(window: Window) -> Names:
    """Which members of the window narrow."""
    return tuple(name for name in _MEMBERS if getattr(window, name) is not None)


def _values(window: Window) -> dict[str, Any]:
    return {
        "window_account_id": window.account_id,
        **{f"window_{name}": getattr(window, name) for name in _form(window)},
    }


def _parametrised(form: Names) -> Window:
    """A window of parameters in place of values."""
    account_id: Any = bindparam("window_account_id", type_=Id())
    members: dict[str, Any] = {
        name: bindparam(f"window_{name}", type_=_MEMBERS[name], expanding=name in _LISTED) for name in form
    }
    return Window(account_id, **members)
