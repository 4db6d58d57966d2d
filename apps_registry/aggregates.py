"""Several values of a subquery as one JSON list, written for both databases, so that an app is one row and one statement."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from connect.core.database import Json


class json_list(FunctionElement[Any]):  # noqa: N801 - written as the SQL function it is
    """`json_list(column)`: the values as a list; on PostgreSQL None where there is none."""

    name = "json_list"
    type = Json
    inherit_cache = True


@compiles(json_list, "postgresql")
def _postgresql(element: json_list, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_agg({compiler.process(element.clauses, **options)})"


@compiles(json_list, "sqlite")
def _sqlite(element: json_list, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **options)})"
