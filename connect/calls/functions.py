"""SQL functions that read the same on both databases."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Dialect, LargeBinary, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


class IdList(TypeDecorator[tuple[UUID, ...]]):
    """Ids joined by commas as the database wrote them; sorted, and empty where there are none."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[UUID, ...]:
        return tuple(sorted(UUID(text) for text in value.split(","))) if value else ()


class id_list(FunctionElement[tuple[UUID, ...]]):  # noqa: N801 - an SQL function is written small
    """Aggregate of an id column: a list in one column of one row, which spares a query for each row of a page."""

    type = IdList()
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)


@compiles(id_list, "postgresql")
def _postgresql(element: id_list, compiler: Any, **options: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **options)}::text, ',')"


@compiles(id_list, "sqlite")
def _sqlite(element: id_list, compiler: Any, **options: Any) -> str:
    return f"group_concat(hex({compiler.process(element.clauses, **options)}))"


class id_bytes(FunctionElement[bytes]):  # noqa: N801
    """An id as its 16 bytes: they become text without a UUID in between, which would cost more than the rest of its row."""

    type = LargeBinary()
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)


@compiles(id_bytes, "postgresql")
def _sent(element: id_bytes, compiler: Any, **options: Any) -> str:
    return f"uuid_send({compiler.process(element.clauses, **options)})"


@compiles(id_bytes, "sqlite")
def _stored(element: id_bytes, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


class unindexed(FunctionElement[Any]):  # noqa: N801
    """A column so that SQLite, which plans without statistics, takes no index on it. PostgreSQL decides by its statistics."""

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(unindexed)
def _plain(element: unindexed, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(unindexed, "sqlite")
def _without_index(element: unindexed, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"
