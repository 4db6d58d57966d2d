"""Looks into the ledger, for tests of rooms that write to it."""

from __future__ import annotations

from typing import Any

from connect.core import database
from connect.ledger import queries
from connect.ledger.queries import Filters, Located
from connect.ledger.rows import Entry


def entries(**filters: Any) -> list[Entry]:
    """Entries that fit (members of ledger.queries.Filters), oldest first."""
    with database.read() as connection:
        return list(queries.search(connection, Filters(**filters), limit=1_000))[::-1]


def one_entry(**filters: Any) -> Located:
    """The only entry that fits, with its lines."""
    (entry,) = entries(**filters)
    with database.read() as connection:
        located = queries.locate(connection, entry.id)
    assert located is not None
    return located
