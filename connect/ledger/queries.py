"""Looking into the ledger: search, newest first, and everything that is known of one entry. Hands out frozen values only."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, ColumnElement, Connection, LargeBinary, Select, func, literal, select

from connect.core import clock, ids
from connect.ledger import index, models, partitions, store, tree
from connect.ledger import lines as record_lines
from connect.ledger.models import LOG
from connect.ledger.proofs import Proof
from connect.ledger.rows import COLUMNS, Entry, fault

LARGEST_PAGE = 1_000
_PREFIXES = {"account_id": "acc", "app_id": "app", "grant_id": "grant", "person_id": "psn"}
_SLACK = timedelta(days=1)  # between `at` and the time in the id, which lets the database pass over other months


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look for; members that are None do not narrow. `since` and `until` bound `at`, `until` excluded.

    `record` is a record's id (`call_…`), `subject` a subject's digest; `field`, `scope`, `address_digest` and `asked` (the digest of a
    value that was asked for) are looked for in bodies.
    """

    account_id: UUID | None = None
    app_id: UUID | None = None
    grant_id: UUID | None = None
    person_id: UUID | None = None
    token_ref: str | None = None
    type: str | None = None
    channel: str | None = None
    resource: str | None = None
    request_id: str | None = None
    status: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    record: str | None = None
    subject: str | None = None
    field: str | None = None
    scope: str | None = None
    address_digest: str | None = None
    asked: str | None = None

    def said(self) -> dict[str, str | int]:
        """What narrows, by name, ids and times in their text form: for manifests, and for the entry about a look."""
        given = ((item.name, getattr(self, item.name)) for item in fields(self))
        return {name: _text(name, value) for name, value in given if value is not None}


@dataclass(frozen=True, slots=True)
class Located:
    """An entry with its lines and its place in the tree.

    `leaf_index` is None until it is sealed, `proof` until a checkpoint that covers it is published. `fault` says what does not fit.
    """

    entry: Entry
    lines: tuple[dict[str, Any], ...]
    commitment: bytes | None
    leaf_index: int | None
    proof: Proof | None
    fault: str | None


_E = models.entry.c
_EQUAL = (
    "account_id",
    "app_id",
    "grant_id",
    "person_id",
    "token_ref",
    "type",
    "channel",
    "resource",
    "request_id",
    "status",
)


def search(
    connection: Connection, filters: Filters, *, before: UUID | None = None, limit: int = 50
) -> tuple[Entry, ...]:
    """The newest `limit` entries (at most 1,000) that fit, older than `before`: the id of the last one seen."""
    statement = narrow(connection, select(*COLUMNS), filters)
    if before is not None:
        statement = statement.where(_E.id < before)
    rows = connection.execute(statement.order_by(_E.id.desc()).limit(min(limit, LARGEST_PAGE)))
    return tuple(Entry(*row) for row in rows)


def each(connection: Connection, filters: Filters) -> Iterator[Entry]:
    """Every entry that fits, newest first, read in pages."""
    before: UUID | None = None
    while page := search(connection, filters, before=before, limit=LARGEST_PAGE):
        yield from page
        before = page[-1].id


def locate(connection: Connection, entry_id: UUID) -> Located | None:
    """The entry of that id with its lines, leaf, and proof in the newest published checkpoint."""
    row = connection.execute(select(*COLUMNS).where(_E.log_id == LOG, _E.id == entry_id)).first()
    if row is None:
        return None
    entry = Entry(*row)
    stored = connection.scalar(
        select(models.lines.c.data).where(models.lines.c.log_id == LOG, models.lines.c.entry_id == entry_id)
    )
    commitment = _queued(connection, entry_id)  # before the leaf: what leaves the queue in between has a leaf by then
    leaf_index = leaf_of(connection, entry_id) if commitment is None else None
    if leaf_index is not None:
        commitment = store.commitment(connection, leaf_index)
    wrong = fault(entry, stored, commitment)
    plain = [] if stored is None or wrong else record_lines.unpack(stored)
    return Located(
        entry, tuple(map(orjson.loads, plain)), commitment, leaf_index, _prove(connection, leaf_index), wrong
    )


def leaf_of(connection: Connection, entry_id: UUID) -> int | None:
    """The leaf that stands for an entry; None until it is sealed."""
    column = models.leaf.c
    return connection.scalar(select(column.leaf_index).where(column.log_id == LOG, column.entry_id == entry_id))


def leaves_of(connection: Connection, entry_ids: Collection[UUID]) -> dict[UUID, int]:
    """The leaves of those entries that are sealed."""
    column = models.leaf.c
    rows = connection.execute(
        select(column.entry_id, column.leaf_index).where(column.log_id == LOG, column.entry_id.in_(entry_ids))
    )
    return {row.entry_id: row.leaf_index for row in rows}


def _text(name: str, value: Any) -> str | int:
    if isinstance(value, UUID):
        return ids.encode(_PREFIXES[name], value)
    return clock.text(value) if isinstance(value, datetime) else value


def _queued(connection: Connection, entry_id: UUID) -> bytes | None:
    column = models.pending.c
    return connection.scalar(select(column.commitment).where(column.log_id == LOG, column.entry_id == entry_id))


def _prove(connection: Connection, leaf_index: int | None) -> Proof | None:
    newest = store.newest_published(connection)
    if leaf_index is None or newest is None or leaf_index >= newest.size:
        return None
    path = tree.inclusion_proof(leaf_index, newest.size, store.nodes(connection))
    return Proof(leaf_index, path, newest.note)


def sealed(connection: Connection, filters: Filters, size: int) -> list[tuple[int, UUID]]:
    """(leaf index, entry) of what fits among the first `size` leaves, in the order of the log."""
    leaf = models.leaf.c
    placed = models.leaf.join(models.entry, (_E.log_id == leaf.log_id) & (_E.id == leaf.entry_id))
    statement = (
        select(leaf.leaf_index, leaf.entry_id).select_from(placed).where(leaf.log_id == LOG, leaf.leaf_index < size)
    )
    rows = connection.execute(narrow(connection, statement, filters).order_by(leaf.leaf_index))
    return [(row.leaf_index, row.entry_id) for row in rows]


def total(connection: Connection, filters: Filters) -> int:
    """How many entries fit, sealed or waiting."""
    statement = narrow(connection, select(func.count()).select_from(models.entry), filters)
    return connection.scalar(statement) or 0


def narrow(connection: Connection, statement: Select[Any], filters: Filters) -> Select[Any]:
    """A statement on `ledger_entry` with the conditions of `filters`."""
    statement = statement.where(_E.log_id == LOG)
    for name in _EQUAL:
        if (value := getattr(filters, name)) is not None:
            statement = statement.where(_E[name] == value)
    if filters.since is not None:
        statement = statement.where(_E.at >= filters.since, _E.id >= partitions.bound(filters.since - _SLACK))
    if filters.until is not None:
        statement = statement.where(_E.at < filters.until, _E.id < partitions.bound(filters.until + _SLACK))
    for kind in (index.RECORD, index.SUBJECT):
        if (value := getattr(filters, kind)) is not None:
            statement = statement.where(index.speaks_of(connection, index.key(kind, value), _E.id))
    return statement.where(*(_contains(connection, needle) for needle in _needles(filters)))


def _needles(filters: Filters) -> Iterator[bytes]:
    """What must stand in the bytes of a body; canonical JSON has one spelling for each."""
    for name in (filters.field, filters.scope):
        if name is not None:
            yield orjson.dumps(name)
    if filters.asked is not None:
        yield b":" + orjson.dumps(filters.asked)
    if filters.address_digest is not None:
        yield b'"address_digest":' + orjson.dumps(filters.address_digest)


def _contains(connection: Connection, needle: bytes) -> ColumnElement[bool]:
    bound = literal(needle, LargeBinary)
    if connection.dialect.name == "postgresql":
        return func.position(bound.op("IN")(_E.body), type_=BigInteger) > 0
    return func.instr(_E.body, bound, type_=BigInteger) > 0
