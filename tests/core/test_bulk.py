"""Many rows by one statement: each column's type is kept, a conflict is settled as it is said, and none is none."""

from __future__ import annotations

from datetime import UTC, datetime
from types import ModuleType
from uuid import UUID

from sqlalchemy import select

from connect.core import bulk
from connect.ledger.models import LOG, subject_index, tile
from connect.oauth.models import SpentProof

LATER = datetime(2026, 11, 25, 10, 0, 0, 123456, tzinfo=UTC)


def test_times_ids_and_bytes_come_back_as_they_were(database: ModuleType) -> None:
    proofs = [(bytes([place]) * 32, LATER) for place in range(3)]
    keys = [(LOG, bytes([place]) * 16, UUID(int=place)) for place in range(3)]
    with database.unit_of_work() as session:
        connection = session.connection()
        bulk.insert_rows(connection, SpentProof.__table__, proofs)
        bulk.insert_rows(connection, subject_index, keys)
    with database.read() as connection:
        found = connection.execute(select(*SpentProof.__table__.c).order_by(SpentProof.digest)).all()
        assert [tuple(row) for row in found] == proofs
        index = connection.execute(select(*subject_index.c).order_by(subject_index.c.key)).all()
        assert [tuple(row) for row in index] == keys


def test_a_conflict_is_settled_as_the_caller_says(database: ModuleType) -> None:
    wider = "(log_id, level, number) DO UPDATE SET width = excluded.width, data = excluded.data"
    with database.unit_of_work() as session:
        connection = session.connection()
        bulk.insert_rows(connection, tile, [(LOG, 0, 0, 1, b"a")])
        bulk.insert_rows(connection, tile, [(LOG, 0, 0, 2, b"ab"), (LOG, 0, 1, 1, b"c")], on_conflict=wider)
    with database.read() as connection:
        found = connection.execute(select(tile.c.number, tile.c.width, tile.c.data).order_by(tile.c.number)).all()
    assert [tuple(row) for row in found] == [(0, 2, b"ab"), (1, 1, b"c")]


def test_no_rows_are_no_statement(database: ModuleType, count_queries) -> None:  # type: ignore[no-untyped-def]
    with database.unit_of_work() as session, count_queries() as statements:
        bulk.insert_rows(session.connection(), tile, [])
    assert not [statement for statement in statements if "INSERT" in statement]
