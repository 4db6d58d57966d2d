"""Writing to the ledger: an entry, its place in the sealer's queue and its record lines, in the caller's transaction."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Insert, Select, Table, bindparam, exists, insert, literal, select
from sqlalchemy.orm import Session

from connect.core import clock, ids, settings
from connect.core.database import UtcDateTime
from connect.ledger import canonical, entries, models
from connect.ledger import lines as record_lines
from connect.ledger.commitment import commit, new_nonce
from connect.ledger.entries import Draft

_HOST = platform.node()[:64]


@dataclass(frozen=True, slots=True)
class Appended:
    """An entry as it was written; it is durable once the transaction is."""

    id: UUID
    commitment: bytes
    at: datetime


def append(
    session: Session,
    draft: Draft,
    *,
    guard: Select[Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Appended | None:
    """Write `draft` in the transaction of `session`; None, and nothing written, when `guard` yields no row.

    `guard` is a SELECT of the caller's: what must still stand for the entry to be true (on PostgreSQL it takes its rows FOR SHARE, so
    that whoever changes them waits for this transaction, and the other way round). Make it once, with bound parameters that are given
    in `parameters`, and the whole statement is compiled once. Raises NotCanonical for a body outside the ledger's profile.
    """
    entry_id, at = ids.new(), draft.at or clock.now()
    packed = record_lines.pack(draft.lines) if draft.lines else None
    node = settings.current().node or _HOST
    body = canonical.encode(entries.body(draft, entry_id, at, node, packed))
    nonce = new_nonce()
    commitment = commit(nonce, body)
    row = _row(draft, entry_id, at, node) | {"row_nonce": nonce, "row_body": body, "row_commitment": commitment}
    if packed is not None:
        row["row_data"] = packed.data
    connection = session.connection()
    write = _write_at_once if connection.dialect.name == "postgresql" else _write_in_turn
    return Appended(entry_id, commitment, at) if write(connection, row, guard, parameters or {}) else None


def _row(draft: Draft, entry_id: UUID, at: datetime, node: str) -> dict[str, Any]:
    return {
        "row_log_id": models.LOG,
        "row_id": entry_id,
        "row_entry_id": entry_id,
        "row_at": at,
        "row_type": draft.type,
        "row_channel": draft.channel,
        "row_account_id": draft.account_id,
        "row_app_id": draft.app_id,
        "row_grant_id": draft.grant_id,
        "row_person_id": draft.person_id,
        "row_token_ref": draft.token_ref,
        "row_resource": draft.resource,
        "row_request_id": draft.request_id,
        "row_status": draft.status,
        "row_count": draft.count,
        "row_node": node,
    }


def _write_in_turn(
    connection: Connection, row: Mapping[str, Any], guard: Select[Any] | None, given: Mapping[str, Any]
) -> bool:
    """SQLite: writers are serial, so the guard may be asked first."""
    if guard is not None and connection.execute(guard, given).first() is None:
        return False
    values = {name: _for_sqlite(value, connection) for name, value in row.items()}
    tables = (models.entry, models.pending, models.lines) if "row_data" in row else (models.entry, models.pending)
    for table in tables:
        statement, names = _plain_insert(table)
        connection.exec_driver_sql(statement, tuple([values[name] for name in names]))
    return True


def _write_at_once(
    connection: Connection, row: Mapping[str, Any], guard: Select[Any] | None, given: Mapping[str, Any]
) -> bool:
    """PostgreSQL: guard and inserts in one statement, so that nothing can come between them and one round trip does."""
    return connection.execute(_statement(guard, "row_data" in row), {**row, **given}).first() is not None


@lru_cache(maxsize=64)
def _statement(guard: Select[Any] | None, with_lines: bool) -> Select[Any]:
    """WITH standing AS (guard), written AS (INSERT …), … SELECT: one statement for each guard, kept."""
    source = select(*_values(models.entry))
    if guard is not None:
        source = source.where(exists(select(literal(1)).select_from(guard.cte("standing"))))
    written = _insert(models.entry, source).returning(models.entry.c.id).cte("written")
    tables = [models.pending, models.lines] if with_lines else [models.pending]
    beside = [_insert(table, select(*_values(table)).select_from(written)).cte(f"{table.name}_row") for table in tables]
    return select(written.c.id).add_cte(*beside)


def _insert(table: Table, source: Select[Any]) -> Insert:
    return insert(table).from_select(list(table.c), source)


def _values(table: Table) -> list[Any]:
    """A parameter for each column; the prefix keeps them apart from those of a guard."""
    return [bindparam(f"row_{column.name}", type_=column.type).label(column.name) for column in table.c]


@lru_cache
def _plain_insert(table: Table) -> tuple[str, list[str]]:
    """An INSERT as SQLite's driver takes it, and its parameters in order: half the time of a Core statement, on its one writer."""
    columns = ", ".join(f'"{column.name}"' for column in table.c)
    places = ", ".join("?" for _ in table.c)
    return f"INSERT INTO {table.name} ({columns}) VALUES ({places})", [f"row_{column.name}" for column in table.c]  # noqa: S608


def _for_sqlite(value: Any, connection: Connection) -> Any:
    if isinstance(value, UUID):
        return value.bytes
    return UtcDateTime().process_bind_param(value, connection.dialect) if isinstance(value, datetime) else value
