"""The story on real calls: the whole log of a call centre is imported, the app pages through it, the ledger has a line for each."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from connect.calls.models import Call
from connect.cli.imports import import_command
from connect.core import database, ids
from connect.ledger import queries
from connect.ledger.queries import Filters
from tests.support import world
from tests.support.flow import Flow

CALLS = 33_066


def test_an_app_pages_through_every_imported_call_and_the_ledger_has_a_line_for_each(
    app: Flask, bank_calls: Path
) -> None:
    there = world.make()
    done = CliRunner().invoke(
        import_command,
        [
            "--account",
            ids.encode("acc", there.account_id),
            "--format",
            "bank-1999",
            "--shift-to",
            "2026-11-25",
            str(bank_calls),
        ],
    )
    assert done.exit_code == 0, done.output
    flow = Flow(app, there)
    flow.connect()
    seen: set[str] = set()
    cursor = None
    while True:
        page = flow.read(limit=100, **({"cursor": cursor} if cursor else {})).get_json()
        seen.update(call["id"] for call in page["data"])
        cursor = page["page"]["next"]
        if cursor is None:
            break
    assert len(seen) == CALLS == _stored()
    assert _lines(there) == seen


def _stored() -> int:
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(Call)) or 0


def _lines(there: world.World) -> set[str]:
    """Ids of the record lines of everything that left for the app."""
    with database.read() as connection:
        entries = list(queries.each(connection, Filters(account_id=there.account_id, type="disclosure", channel="api")))
        located = [queries.locate(connection, entry.id) for entry in entries]
    assert sum(entry.count or 0 for entry in entries) == CALLS
    return {line["id"] for one in located if one for line in one.lines}
