"""The statements of queries.py, each made once for its form, with named parameters: to make one takes longer than to run it.

The form of a question is the resource, the fields, which members of the window narrow, which filters are asked, whether it goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Integer, Row, Select, bindparam
from sqlalchemy.types import TypeEngine

from connect.calls import queries
from connect.calls.functions import id_bytes
from connect.calls.ordering import ORDERS, Position
from connect.calls.window import Window
from connect.core.database import Id, UtcDateTime

_KEPT, _KEYS = 1024, 6
_MEMBERS: Mapping[str, TypeEngine[Any]] = {
    "numbers": Id(),
    "departments": Id(),
    "since": UtcDateTime(),
    "until": UtcDateTime(),
}
_LISTED = frozenset({"numbers", "departments"})
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A statement. Its rows begin with the fields; a column that queries.py selects twice stands there once, an id as its bytes.

    `keys` takes the six keys of a ledger line out of a row, `last` is the place of the sort value, or of the call that a part hangs on.
    """

    statement: Select[Any]
    keys: Callable[[Sequence[Any]], tuple[Any, ...]]
    last: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A form and the values of its parameters."""

    form: Form
    parameters: dict[str, Any]

    def run(self, connection: Connection) -> Sequence[Row[Any]]:
        """All rows."""
        return connection.execute(self.form.statement, self.parameters).all()


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
    return Prepared(_page(resource, names, _narrowing(window), tuple(filters), after is not None), parameters)


def one(resource: str, window: Window, names: Names, record_id: UUID) -> Prepared:
    """As queries.one."""
    return Prepared(_one(resource, names, _narrowing(window)), {"asked_id": record_id, **_values(window)})


def parts(resource: str, window: Window, names: Names, calls: Collection[UUID]) -> Prepared:
    """As queries.parts."""
    return Prepared(_parts(resource, names, _narrowing(window)), {"asked_calls": list(calls), **_values(window)})


@lru_cache(maxsize=_KEPT)
def _page(resource: str, names: Names, narrowing: Names, filters: Names, goes_on: bool) -> Form:
    asked: dict[str, Any] = {name: bindparam(f"asked_{name}") for name in filters}
    limit: Any = bindparam("asked_limit", type_=Integer())
    window, order = _parametrised(narrowing), queries.order_of(resource, asked)
    query = queries.page(resource, window, names, filters=asked, limit=limit)
    if goes_on:
        query = query.where(order.beyond(bindparam("after_value"), bindparam("after_id", type_=Id())))
    return _lean(query, queries.columns(resource, window, names, order), len(names))


@lru_cache(maxsize=_KEPT)
def _one(resource: str, names: Names, narrowing: Names) -> Form:
    record_id: Any = bindparam("asked_id", type_=Id())
    window = _parametrised(narrowing)
    query = queries.one(resource, window, names, record_id)
    return _lean(query, queries.columns(resource, window, names, ORDERS[resource]), len(names))


@lru_cache(maxsize=_KEPT)
def _parts(resource: str, names: Names, narrowing: Names) -> Form:
    calls: Any = bindparam("asked_calls", type_=Id(), expanding=True)
    window = _parametrised(narrowing)
    query = queries.parts(resource, window, names, calls)
    selected = [*queries.columns(resource, window, names, ORDERS[resource]), queries.PARTS[resource]]
    return _lean(query, selected, len(names))


def _lean(query: Select[Any], selected: Sequence[ColumnElement[Any]], width: int) -> Form:
    """`query` with each of the `selected` columns once; the first `width` are the fields."""
    place = {column: number for number, column in enumerate(dict.fromkeys(selected))}
    places = [place[column] for column in selected]
    assert places[:width] == list(range(width)), "two fields stand in one column"
    lean = [id_bytes(column) if isinstance(column.type, Id) else column for column in place]
    return Form(
        query.with_only_columns(*lean, maintain_column_froms=True),
        keys=itemgetter(*places[width : width + _KEYS]),
        last=places[-1],
    )


def _narrowing(window: Window) -> Names:
    """Which members of the window narrow."""
    return tuple(name for name in _MEMBERS if getattr(window, name) is not None)


def _values(window: Window) -> dict[str, Any]:
    return {
        "window_account_id": window.account_id,
        **{f"window_{name}": getattr(window, name) for name in _narrowing(window)},
    }


def _parametrised(narrowing: Names) -> Window:
    """A window of parameters in place of values."""
    account_id: Any = bindparam("window_account_id", type_=Id())
    members: dict[str, Any] = {
        name: bindparam(f"window_{name}", type_=_MEMBERS[name], expanding=name in _LISTED) for name in narrowing
    }
    return Window(account_id, **members)
