"""Reads under a grant: one function per resource, shared by everything that shows customer rows to somebody outside.

Each answers rows for the door, with no more columns than the projection has. Rows outside the terms do not exist here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from connect.calls import queries
from connect.calls.window import Window
from connect.core import clock, database
from connect.disclosure import catalogue_store, cursors
from connect.disclosure.context import Context
from connect.disclosure.filters import CallFilter
from connect.disclosure.rows import Keys, Rows
from connect.scopes import rights
from connect.scopes.catalogue import Projection, projection

_KEYS = len(Keys._fields)
Only = frozenset[str] | None


@dataclass(frozen=True)
class Page:
    """Rows, the cursor after them (None on the last page), and for calls the window the answer covers."""

    rows: Rows
    next: str | None
    window: Mapping[str, datetime | None] | None = None


def calls(context: Context, wanted: CallFilter, *, limit: int, cursor: str | None = None, only: Only = None) -> Page:
    """A page of the call log. Raises NotGranted, UnknownFields, CursorError."""
    used = wanted.used()
    rights.check_filters("call", used, context.scopes)
    page = _page(context, "call", filters=used, limit=limit, cursor=cursor, only=only)
    return Page(page.rows, page.next, _window_said(window_of(context), wanted))


def directory(context: Context, resource: str, *, limit: int, cursor: str | None = None, only: Only = None) -> Page:
    """A page of numbers, departments, users or contacts."""
    return _page(context, resource, filters={}, limit=limit, cursor=cursor, only=only)


def account(context: Context, *, only: Only = None) -> Rows | None:
    """The account itself."""
    return _one(context, "account", context.account_id, only)


def call(context: Context, call_id: UUID, *, only: Only = None) -> Rows | None:
    """One call with its legs; None where the grant does not reach it. With `only` the legs stay out."""
    rows = _one(context, "call", call_id, only)
    if not rows or only is not None:
        return rows
    return Rows(rows.projection, rows.values, rows.keys, {"legs": _parts(context, "call_leg", [call_id])})


def window_of(context: Context) -> Window:
    """What the terms leave visible."""
    given_at = context.grant_given_at or clock.now()
    return Window.of(context.account_id, context.terms, timezone=context.timezone, given_at=given_at)


def _projection(context: Context, resource: str, only: Only = None) -> Projection:
    return projection(resource, context.scopes, against=catalogue_store.document(context.catalogue_version), only=only)


def _page(
    context: Context, resource: str, *, filters: Mapping[str, Any], limit: int, cursor: str | None, only: Only
) -> Page:
    shown = _projection(context, resource, only)
    bound = {"account": context.account_id, "grant": context.grant_id, "resource": resource, **filters}
    after = cursors.decode(bound, cursor) if cursor is not None else None
    statement = queries.page(resource, window_of(context), shown.names, filters=filters, after=after, limit=limit + 1)
    with database.read() as connection:
        found = connection.execute(statement).all()
    rows = _rows(shown, found[:limit])
    if len(found) <= limit:
        return Page(rows, None)
    position = queries.order_of(resource, filters).position(found[limit - 1][-1], rows.keys[-1].record_id)
    return Page(rows, cursors.encode(bound, position))


def _one(context: Context, resource: str, record_id: UUID, only: Only) -> Rows | None:
    shown = _projection(context, resource, only)
    with database.read() as connection:
        found = connection.execute(queries.one(resource, window_of(context), shown.names, record_id)).all()
    return _rows(shown, found) if found else None


def _parts(context: Context, resource: str, call_ids: Collection[UUID]) -> dict[UUID, Rows]:
    """Rows that hang on calls, by call; a call without any has none here."""
    shown = _projection(context, resource)
    if not shown.fields:
        return {}
    with database.read() as connection:
        return _by_call(connection, shown, queries.parts(resource, window_of(context), shown.names, call_ids))


def _by_call(connection: Connection, shown: Projection, statement: Any) -> dict[UUID, Rows]:
    grouped: dict[UUID, list[Row[Any]]] = {}
    for row in connection.execute(statement):
        grouped.setdefault(row[-1], []).append(row)
    return {call_id: _rows(shown, found) for call_id, found in grouped.items()}


def _rows(shown: Projection, found: Sequence[Row[Any]]) -> Rows:
    width = len(shown.fields)
    return Rows(shown, [row[:width] for row in found], [Keys(*row[width : width + _KEYS]) for row in found])


def _window_said(window: Window, wanted: CallFilter) -> dict[str, datetime | None]:
    starts = [at for at in (window.since, wanted.started_after) if at is not None]
    ends = [at for at in (window.until, wanted.started_before) if at is not None]
    return {"started_after": max(starts, default=None), "started_before": min(ends, default=None)}
