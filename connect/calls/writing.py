"""Inserting many rows at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Dialect, Insert, insert

from connect.core.database import Base

Row = Mapping[str, Any]


def insert_rows(connection: Connection, model: type[Base], rows: Sequence[Row]) -> None:
    """Insert rows that all name the same columns; on PostgreSQL by COPY, which costs a fraction of an INSERT for each row."""
    if rows and connection.dialect.name == "postgresql":
        _copy(connection, model, rows)
    elif rows:
        connection.execute(_insertion(model), rows)


@cache  # a statement that is built once is also compiled once
def _insertion(model: type[Base]) -> Insert:
    return insert(model)


def _copy(connection: Connection, model: type[Base], rows: Sequence[Row]) -> None:
    names = list(rows[0])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model.__tablename__), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for values in _as_driver_takes_them(connection.dialect, model, names, rows):
            copy.write_row(values)


def _as_driver_takes_them(
    dialect: Dialect, model: type[Base], names: Sequence[str], rows: Sequence[Row]
) -> Iterator[list[Any]]:
    columns = model.__table__.c
    converts = [_convert(columns[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names]
    for row in rows:
        yield [convert(row[name]) for convert, name in zip(converts, names, strict=True)]


def _convert(processor: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    return processor if processor is not None else lambda value: value
