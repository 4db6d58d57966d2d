"""Looks into the database, for what no answer says."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select

from connect.core import database
from connect.grants import queries
from connect.ledger.models import LedgerEntry
from tests.oauth.flow import Flow


def count(model: Any) -> int:
    """How many rows a table has."""
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(model)) or 0


def entries(event: str) -> list[dict[str, Any]]:
    """Bodies of the ledger's entries about tokens, of one event, oldest first."""
    with database.read() as connection:
        found = connection.scalars(
            select(LedgerEntry.body).where(LedgerEntry.type == "token").order_by(LedgerEntry.id)
        ).all()
    return [body for raw in found if (body := orjson.loads(raw))["event"] == event]


def grant_id(flow: Flow) -> UUID:
    """The live grant of the flow's customer to its app."""
    found = queries.live_of_app(flow.world.account_id, flow.world.app_id)
    assert found is not None
    return found.id


def everything(but: Collection[str] = ("rate_limit",)) -> dict[str, list[str]]:
    """Every row of every table, as text, in no matter which order."""
    tables = [table.name for table in database.Base.metadata.sorted_tables if table.name not in but]
    with database.read() as connection:
        return {
            name: sorted(str(tuple(row)) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"'))
            for name in tables
        }
