"""Monthly partitions of entries and lines on PostgreSQL, so that retention drops a month instead of deleting its rows.

An id is a UUIDv7: its first 48 bits are the millisecond, so a month is a range of ids. Months are made ahead; a DEFAULT partition takes
what no month covers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection, Table, text
from sqlalchemy.orm import Session

from connect.core import clock
from connect.ledger import models

AHEAD = 3
_PARTITIONED = (models.entry, models.lines)


def make_months(session: Session) -> int:
    """Keep the months ahead of the clock; how many were made. For a timed job."""
    connection = session.connection()
    return ensure_months(connection, clock.now()) if connection.dialect.name == "postgresql" else 0


def ensure_months(connection: Connection, first: datetime, ahead: int = AHEAD) -> int:
    """Make the partitions of the month of `first` and of `ahead` more; how many were made.

    A month whose rows already stand in the DEFAULT partition is left there: PostgreSQL would have to move them under a lock.
    """
    missing = [
        (table, start, end)
        for table in _PARTITIONED
        for start, end in _months(first, ahead + 1)
        if not _stands(connection, table, start, end)
    ]
    for table, start, end in missing:
        _make(connection, table, start, end)
    return len(missing)


def bound(moment: datetime) -> UUID:
    """The least id of that millisecond."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def name(table: Table, month: datetime) -> str:
    """The partition of a month: `ledger_entry_p202611`."""
    return f"{table.name}_p{month:%Y%m}"


def _months(first: datetime, count: int) -> Iterator[tuple[datetime, datetime]]:
    start = datetime(first.year, first.month, 1, tzinfo=UTC)
    for _ in range(count):
        end = datetime(start.year + start.month // 12, start.month % 12 + 1, 1, tzinfo=UTC)
        yield start, end
        start = end


def _stands(connection: Connection, table: Table, start: datetime, end: datetime) -> bool:
    if connection.scalar(text("SELECT to_regclass(:name)"), {"name": name(table, start)}) is not None:
        return True
    id_column = "id" if table is models.entry else "entry_id"
    rows = text(f"SELECT 1 FROM {table.name}_default WHERE {id_column} >= :start AND {id_column} < :end LIMIT 1")  # noqa: S608
    return connection.scalar(rows, {"start": bound(start), "end": bound(end)}) is not None


def _make(connection: Connection, table: Table, start: datetime, end: datetime) -> None:
    connection.exec_driver_sql(
        f"CREATE TABLE {name(table, start)} PARTITION OF {table.name} FOR VALUES FROM ('{bound(start)}') TO ('{bound(end)}')"
    )
