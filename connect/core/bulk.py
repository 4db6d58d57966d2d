"""Many rows by one statement. SQLite's driver repeats it; PostgreSQL takes each column as an array.

An executemany of Core makes a dictionary of each row, and on PostgreSQL a statement: several times the work of the row itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table

Convert = Callable[[Any], Any]


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], *, on_conflict: str | None = None
) -> None:
    """Insert rows that have a value for each column of `table`, in order. `on_conflict` is what SQL says after ON CONFLICT."""
    if not rows:
        return
    columns = [
        column if convert is None else list(map(convert, column))
        for column, convert in zip(zip(*rows, strict=True), _converts(table, connection.dialect), strict=True)
    ]
    statement = _insertion(table, connection.dialect, on_conflict)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(statement, tuple(map(list, columns)))
    else:
        connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))


@lru_cache(maxsize=64)
def _insertion(table: Table, dialect: Dialect, on_conflict: str | None = None) -> str:
    """The statement, as the driver takes it: with a place for each value of a row, or on PostgreSQL for each column of rows."""
    names = ", ".join(f'"{column.name}"' for column in table.c)
    if dialect.name == "postgresql":
        arrays = ", ".join(f"%s::{column.type.compile(dialect)}[]" for column in table.c)
        source = f"SELECT * FROM unnest({arrays})"  # noqa: S608 - names of our own tables and types
    else:
        source = f"VALUES ({', '.join('?' for _ in table.c)})"
    return f"INSERT INTO {table.name} ({names}) {source}" + (f" ON CONFLICT {on_conflict}" if on_conflict else "")


@lru_cache(maxsize=64)
def _converts(table: Table, dialect: Dialect) -> tuple[Convert | None, ...]:
    """How values of each column become the driver's."""
    return tuple(column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.c)
