"""The subject index: which entries disclosed a record, or spoke of a subject's digest. Filled after sealing, in leaf order.

Fifty rows for each read would halve the rate of appends, so the sealer fills it when it has time. Until then `since` gives the leaves
that a search still has to read one by one, so a search never misses what is not indexed yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from connect.core import database, settings
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


def index_once() -> int:
    """Index the next batch of sealed entries; how many entries that were."""
    with database.unit_of_work() as session:
        connection = session.connection()
        batch = _next(connection, settings.current().index_batch)
        if not batch:
            return 0
        rows = [
            {"log_id": LOG, "key": item, "entry_id": entry_id}
            for _, entry_id, data in batch
            if data is not None
            for item in sorted(keys_of(data))
        ]
        insert = postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert
        if rows:
            connection.execute(insert(models.subject_index).on_conflict_do_nothing(), rows)
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


def _keys(records: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for record in records:
        if record.get("id"):
            yield key(RECORD, record["id"])
        if record.get("subject"):
            yield key(SUBJECT, record["subject"])
