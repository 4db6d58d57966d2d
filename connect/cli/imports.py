"""`connect import`: a file of calls into an account. The file is read and checked whole before anything is written."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from connect.accounts import queries as accounts
from connect.accounts.errors import NotFound
from connect.calls import services
from connect.calls.importers.formats import FORMATS
from connect.calls.importers.parsed import Parsed
from connect.calls.importers.reading import FileError
from connect.calls.importers.report import ImportReport
from connect.cli.output import json_option, show_one
from connect.core import database, ids

_PLAIN_STEPS = 10


@click.command("import")
@click.option("--account", required=True, help="Id of the account that gets the calls.")
@click.option("--format", "format_name", required=True, type=click.Choice(sorted(FORMATS)), help="What the file is.")
@click.option(
    "--shift-to",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Move all times by whole weeks, so that the last call ends just before this day.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def import_command(account: str, format_name: str, shift_to: datetime | None, file: Path, as_json: bool) -> None:
    """Import the calls of FILE (plain or gzip). Nothing is written if any line is wrong; a second run changes nothing."""
    account_id = _account(account)
    parsed = _parsed(format_name, file, account_id)
    if shift_to is not None:
        parsed = parsed.shifted_to(shift_to.date())
    with _progress(len(parsed.calls), quiet=as_json) as progress:
        stored = services.import_history(database.unit_of_work, account_id, parsed.calls, progress)
    report = ImportReport(account, format_name, file.name, parsed, stored)
    if as_json:
        show_one(report.as_json(), as_json=True)
    else:
        click.echo("\n".join(report.as_lines()))


def _account(text: str) -> UUID:
    try:
        return accounts.account(ids.decode("acc", text)).id
    except (ValueError, NotFound) as error:
        raise click.BadParameter(str(error), param_hint="--account") from error


def _parsed(format_name: str, file: Path, account_id: UUID) -> Parsed:
    try:
        return FORMATS[format_name](file, account_id)
    except FileError as error:
        raise click.ClickException(f"{file.name}, {error}. Nothing was written.") from error


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """How far it is: a bar on a terminal, a line for each tenth elsewhere, nothing when quiet. All on standard error."""
    if quiet:
        yield lambda done: None
    elif not sys.stderr.isatty():
        yield _line_for_each_tenth(total)
    else:
        columns = (TextColumn("calls"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("calls", total=total)
            yield lambda done: bar.update(task, completed=done)


def _line_for_each_tenth(total: int) -> Callable[[int], None]:
    said = 0

    def progress(done: int) -> None:
        nonlocal said
        tenth = done * _PLAIN_STEPS // total
        if tenth > said:
            said = tenth
            click.echo(f"{done:,} of {total:,} calls", err=True)

    return progress
