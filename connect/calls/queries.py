"""Reads of the customer's telephony data: Core selects over what a window leaves visible. No rows of the ORM leave this room."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from connect.calls.models import Call, CallLeg, CallNote, Recording, Subject, Transcript
from connect.calls.ordering import CHANGES, ORDERS, Order, Position
from connect.calls.sources import SOURCES, Columns
from connect.calls.window import Window
from connect.core import database

COLUMNS: Mapping[str, Columns] = MappingProxyType({name: source.columns for name, source in SOURCES.items()})

_call, _subject = Call.__table__.c, Subject.__table__.c


def has_calls(account_id: UUID) -> bool:
    """Whether the account has any call at all."""
    with database.read() as connection:
        return connection.scalar(select(_call.id).where(_call.account_id == account_id).limit(1)) is not None


def _caller(account_id: UUID, e164: str) -> ColumnElement[bool]:
    person = select(_subject.id).where(_subject.account_id == account_id, _subject.e164 == e164)
    return _call.subject_id == person.scalar_subquery()


def _updated_since(account_id: UUID, since: datetime) -> ColumnElement[bool]:
    """From the first change at or after `since` on; exact, since updated_at never falls while change_seq grows."""
    first = (
        select(_call.change_seq)
        .where(_call.account_id == account_id, _call.updated_at >= since)
        .order_by(_call.updated_at, _call.change_seq)
        .limit(1)
    )
    return _call.change_seq >= first.scalar_subquery()


# The filters of the call log by name: account and wanted value -> condition.
FILTERS: Mapping[str, Callable[[UUID, Any], ColumnElement[bool]]] = MappingProxyType(
    {
        "started_after": lambda _, at: _call.started_at > at,
        "started_before": lambda _, at: _call.started_at < at,
        "updated_since": _updated_since,
        "number_id": lambda _, wanted: _call.number_id == wanted,
        "department_id": lambda _, wanted: _call.department_id == wanted,
        "agent_id": lambda _, wanted: _call.agent_id == wanted,
        "caller": _caller,
        "status": lambda _, wanted: _call.status == wanted,
        "direction": lambda _, wanted: _call.direction == wanted,
    }
)

# Resources whose rows hang on a call.
PARTS = MappingProxyType(
    {
        "call_leg": CallLeg.__table__.c.call_id,
        "call_note": CallNote.__table__.c.call_id,
        "recording": Recording.__table__.c.call_id,
        "voicemail": Recording.__table__.c.call_id,
        "transcript": Transcript.__table__.c.call_id,
    }
)


def order_of(resource: str, filters: Mapping[str, Any]) -> Order:
    """The order of a list: calls newest first, or by change when `updated_since` is asked; all else by id."""
    return CHANGES if "updated_since" in filters else ORDERS[resource]


def page(
    resource: str,
    window: Window,
    names: Sequence[str],
    *,
    filters: Mapping[str, Any] | None = None,
    after: Position | None = None,
    limit: int,
) -> Select[Any]:
    """At most `limit` rows after a position: the fields `names` in order, the six keys of a ledger line, the order's sort value."""
    asked = filters or {}
    order = order_of(resource, asked)
    query = _visible(resource, window, names, order)
    for name, value in asked.items():
        query = query.where(FILTERS[name](window.account_id, value))
    if after is not None:
        query = query.where(order.after(after))
    return query.order_by(*order.by()).limit(limit)


def one(resource: str, window: Window, names: Sequence[str], record_id: UUID) -> Select[Any]:
    """The row of this id, as `page` gives rows; no row when the window does not hold it."""
    return _visible(resource, window, names, ORDERS[resource]).where(SOURCES[resource].keys[0] == record_id)


def parts(resource: str, window: Window, names: Sequence[str], calls: Collection[UUID]) -> Select[Any]:
    """Rows that hang on `calls` in their order, as `page` gives rows, with the call's id after them."""
    call_id = PARTS[resource]
    order = ORDERS[resource]
    query = _visible(resource, window, names, order).add_columns(call_id).where(call_id.in_(calls))
    return query.order_by(call_id, *order.by())


def columns(resource: str, window: Window, names: Sequence[str], order: Order) -> list[ColumnElement[Any]]:
    """What is selected: the fields, the six keys, the sort value."""
    source = SOURCES[resource]
    shown = {**source.columns, **source.narrowed(window)}
    return [*(shown[name] for name in names), *source.keys, order.sort_value]


def _visible(resource: str, window: Window, names: Sequence[str], order: Order) -> Select[Any]:
    source = SOURCES[resource]
    return select(*columns(resource, window, names, order)).select_from(source.rows).where(*source.within(window))
