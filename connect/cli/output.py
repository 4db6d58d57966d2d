"""How commands answer: a table for people, one JSON document with documented keys for programs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table

json_option: Callable[..., Any] = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document instead of a table."
)


def show(rows: Sequence[Mapping[str, Any]], *, as_json: bool, name: str) -> None:
    """Print `rows`; as JSON they stand under `name`."""
    if as_json:
        click.echo(orjson.dumps({name: list(rows)}, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode())
    elif rows:
        _table(rows)
    else:
        click.echo(f"No {name}.")


def show_one(record: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one record: as JSON, or a line per member."""
    if as_json:
        click.echo(orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode())
        return
    for key, value in record.items():
        click.echo(f"{key}: {value}")


def _table(rows: Sequence[Mapping[str, Any]]) -> None:
    """On a terminal a table; elsewhere plain lines with tabs, so that nothing is cut to a width."""
    lines = [[*rows[0]], *([str(value) for value in row.values()] for row in rows)]
    if not sys.stdout.isatty():
        click.echo("\n".join("\t".join(line) for line in lines))
        return
    table = Table(*lines[0])
    for line in lines[1:]:
        table.add_row(*line)
    Console().print(table)
