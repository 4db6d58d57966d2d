"""The subject index: which entries disclosed a record, or spoke of a subject's digest. Filled after sealing, in leaf order.

Fifty rows for each read would halve the rate of appends, so the sealer fills it when it has time. What is not indexed yet a search
reads line by line, so it never misses anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Connection, func, select, update

from connect.core import bulk, database, settings
from connect.ledger import lines, models
from connect.ledger.models import LOG

RECORD, SUBJECT = "record", "subject"
_KEY_BYTES = 16


def key(kind: str, value: str) -> bytes:
    """The index key of a record id (`call_…`) or of a subject's digest."""
    return hashlib.sha256(f"{kind}:{value}".encode()).digest()[:_KEY_BYTES]


def keys_of(data: bytes) -> set[bytes]:
    """The index keys of an entry's stored lines; none when they are damaged, which the self-check reports."""
    try:
        return set(_keys(map(orjson.loads, lines.unpack(data))))
    except ValueError:
        return set()


def speaks_of(connection: Connection, wanted: bytes, entry_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """A condition on `entry_id`: the entry has an index key, or is not indexed yet and has it in its lines."""
    column = models.subject_index.c
    indexed = select(column.entry_id).where(column.log_id == LOG, column.key == wanted)
    rest = [found for found, data in _not_indexed(connection) if wanted in keys_of(data)]
    return entry_id.in_(indexed) | entry_id.in_(rest) if rest else entry_id.in_(indexed)


def index_once() -> int:
    """Index the next batch of sealed entries; how many entries that were."""
    with database.unit_of_work() as session:
        connection = session.connection()
        batch = _next(connection, settings.current().index_batch)
        if not batch:
            return 0
        rows = [
            (LOG, item, entry_id) for _, entry_id, data in batch if data is not None for item in sorted(keys_of(data))
        ]
        bulk.insert_rows(connection, models.subject_index, rows, on_conflict="DO NOTHING")
        done = update(models.state).where(models.state.c.log_id == LOG).values(indexed=batch[-1][0] + 1)
        connection.execute(done)
    return len(batch)


def _next(connection: Connection, limit: int) -> list[tuple[int, UUID, bytes | None]]:
    """(leaf index, entry, lines) of the leaves after the last indexed one; none when another node is at it."""
    state, leaf, line = models.state.c, models.leaf.c, models.lines.c
    statement = select(state.indexed).where(state.log_id == LOG)
    if connection.dialect.name == "postgresql":
        statement = statement.with_for_update(skip_locked=True)
    start = connection.scalar(statement)
    if start is None:
        return []
    joined = models.leaf.outerjoin(models.lines, (line.log_id == leaf.log_id) & (line.entry_id == leaf.entry_id))
    rows = connection.execute(
        select(leaf.leaf_index, leaf.entry_id, line.data)
        .select_from(joined)
        .where(leaf.log_id == LOG, leaf.leaf_index >= start)
        .order_by(leaf.leaf_index)
        .limit(limit)
    )
    return [(position, entry_id, data) for position, entry_id, data in rows]


def _not_indexed(connection: Connection) -> Iterator[tuple[UUID, bytes]]:
    """Entries, with their lines, that wait for a leaf or for the index."""
    leaf, pending, line = models.leaf.c, models.pending.c, models.lines.c
    indexed = select(models.state.c.indexed).where(models.state.c.log_id == LOG).scalar_subquery()
    sealed = select(leaf.entry_id).where(leaf.log_id == LOG, leaf.leaf_index >= func.coalesce(indexed, 0))
    waiting = select(pending.entry_id).where(pending.log_id == LOG)
    statement = select(line.entry_id, line.data).where(line.log_id == LOG, line.entry_id.in_(sealed.union_all(waiting)))
    return ((entry_id, data) for entry_id, data in connection.execute(statement))


def _keys(records: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for record in records:
        if record.get("id"):
            yield key(RECORD, record["id"])
        if record.get("subject"):
            yield key(SUBJECT, record["subject"])
