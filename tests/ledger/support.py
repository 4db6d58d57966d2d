"""What the ledger's tests share: entries to write, and looks at the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, func, select

from connect.core import ids
from connect.ledger import entries, services
from connect.ledger.entries import Draft
from connect.ledger.lines import RecordLine
from connect.ledger.services import Appended

FIELDS = ("id", "started_at", "caller_e164")


def draft(account_id: UUID | None = None, lines: Sequence[Mapping[str, Any]] = (), **members: Any) -> Draft:
    """A disclosure of as many calls as there are lines."""
    given = {
        "channel": "api",
        "account_id": account_id or ids.new(),
        "recipient_kind": "app",
        "recipient": "app_1",
        "operation": "GET /v1/calls",
        "resource": "call",
        "count": len(lines),
        "fields": FIELDS,
        "masks": {"caller_e164": "number"},
        "catalogue_version": "ab" * 32,
        "bytes_sent": 1000,
        "sha256": "cd" * 32,
        "lines": lines,
    }
    return entries.disclosure(**given | members)


def count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def write(database: ModuleType, made: Draft | None = None) -> Appended:
    """Append one entry in a transaction of its own."""
    with database.unit_of_work() as session:
        appended = services.append(session, made or draft())
    assert appended is not None
    return appended


def write_many(database: ModuleType, number: int) -> list[Appended]:
    """Append `number` entries of two lines each in one transaction."""
    with database.unit_of_work() as session:
        made = [
            services.append(session, draft(lines=[RecordLine(f"call_{i}"), RecordLine(f"call_{i + 1}")]))
            for i in range(number)
        ]
    return [appended for appended in made if appended is not None]
