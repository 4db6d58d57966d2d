"""Reads under a grant: one function per resource, shared by everything that shows customer rows to somebody outside.

Each answers rows for the door, with no more columns than the projection has. Rows outside the terms do not exist here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from connect.calls import prepared, queries
from connect.calls.prepared import Prepared
from connect.calls.window import Window
from connect.core import clock, database
from connect.disclosure import catalogue_store, cursors
from connect.disclosure.context import Context
from connect.disclosure.errors import OlderConsent
from connect.disclosure.filters import CallFilter
from connect.disclosure.members import MEMBERS
from connect.disclosure.rows import Keys, Rows
from connect.scopes import rights
from connect.scopes.catalogue import RESOURCES, Projection, projection
from connect.scopes.errors import NotGranted
from connect.scopes.fields import DataClass
from connect.scopes.values import rfc3339

Only = frozenset[str] | None


@dataclass(frozen=True)
class Paging:
    """Which page of a list: at most `limit` records after `cursor`, of each the fields `only` (None: all that are shown)."""

    limit: int
    cursor: str | None = None
    only: Only = None


@dataclass(frozen=True)
class Page:
    """Rows, the cursor after them (None on the last page), and the window that the answer covers."""

    rows: Rows
    next: str | None
    window: Mapping[str, Any]


def calls(context: Context, wanted: CallFilter, paging: Paging) -> Page:
    """A page of the call log. Raises NotGranted, UnknownNames, CursorError, OlderConsent."""
    filters = wanted.used()
    rights.check_filters("call", filters, context.scopes)
    page = _page(context, "call", filters, paging)
    return replace(page, rows=replace(page.rows, asked=_about_people("call", filters)))


def directory(context: Context, resource: str, paging: Paging) -> Page:
    """A page of numbers, departments, users, contacts or calls, without filters. Raises as `calls` does."""
    return _page(context, resource, {}, paging)


def account(context: Context, *, only: Only = None) -> Rows | None:
    """The account itself."""
    return _one(context, "account", context.account_id, only)


def call(context: Context, call_id: UUID, *, only: Only = None) -> Rows | None:
    """One call with its legs; None where the grant does not reach it. With `only`, legs must be named like a field."""
    rows = _one(context, "call", call_id, only and only - frozenset(MEMBERS["call"]))
    if rows is None or (only is not None and "legs" not in only):
        return rows
    return replace(rows, nested={"legs": _parts(context, "call_leg", [call_id])})


def window_of(context: Context) -> Window:
    """What the terms leave visible."""
    given_at = context.grant_given_at or clock.now()
    return Window.of(context.account_id, context.terms, timezone=context.timezone, given_at=given_at)


def _projection(context: Context, resource: str, only: Only = None) -> Projection:
    own_scope = RESOURCES[resource].scope
    if own_scope not in context.scopes:
        raise NotGranted({resource: own_scope})
    shown = projection(resource, context.scopes, against=catalogue_store.document(context.catalogue_version), only=only)
    if not shown.fields and only is None:
        raise OlderConsent(resource)
    return shown


def _page(context: Context, resource: str, filters: Mapping[str, Any], paging: Paging) -> Page:
    shown, window = _projection(context, resource, paging.only), window_of(context)
    bound = {"account": context.account_id, "grant": context.grant_id, "resource": resource, **filters}
    after = cursors.decode(bound, paging.cursor) if paging.cursor is not None else None
    query = prepared.page(resource, window, shown.names, filters=filters, after=after, limit=paging.limit + 1)
    with database.read() as connection:
        found = query.run(connection)
    rows = _rows(shown, query, found[: paging.limit])
    said = _window_said(context, window, filters)
    if len(found) <= paging.limit:
        return Page(rows, None, said)
    last = found[paging.limit - 1][query.form.last]
    position = queries.order_of(resource, filters).position(last, UUID(bytes=rows.keys[-1].record_id))
    return Page(rows, cursors.encode(bound, position), said)


def _one(context: Context, resource: str, record_id: UUID, only: Only) -> Rows | None:
    shown = _projection(context, resource, only)
    query = prepared.one(resource, window_of(context), shown.names, record_id)
    with database.read() as connection:
        found = query.run(connection)
    return _rows(shown, query, found) if found else None


def _parts(context: Context, resource: str, call_ids: Collection[UUID]) -> dict[bytes, Rows]:
    """Rows that hang on calls, by call; a call without any has none here."""
    shown = _projection(context, resource)
    query = prepared.parts(resource, window_of(context), shown.names, call_ids)
    with database.read() as connection:
        found = query.run(connection)
    by_call = groupby(found, key=itemgetter(query.form.last))
    return {call_id: _rows(shown, query, list(parts)) for call_id, parts in by_call}


def _rows(shown: Projection, query: Prepared, found: Sequence[Row[Any]]) -> Rows:
    return Rows(shown, found, [Keys(*query.form.keys(row)) for row in found])


def _about_people(resource: str, filters: Mapping[str, Any]) -> dict[str, str]:
    """The values of filters on personal fields."""
    fields = {name: RESOURCES[resource].field(rights.FILTERS[resource][name]) for name in filters}
    return {name: str(filters[name]) for name, rule in fields.items() if rule.data_class >= DataClass.PERSONAL}


def _window_said(context: Context, window: Window, filters: Mapping[str, Any]) -> dict[str, Any]:
    starts = [at for at in (window.since, filters.get("started_after")) if at is not None]
    ends = [at for at in (window.until, filters.get("started_before")) if at is not None]
    return {
        "started_after": rfc3339(max(starts)) if starts else None,
        "started_before": rfc3339(min(ends)) if ends else None,
        "numbers": context.terms.numbers,
        "departments": context.terms.departments,
    }
