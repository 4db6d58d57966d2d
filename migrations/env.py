"""Alembic's entry: runs the migrations against the database of the settings, in one transaction.

SQLite changes a column by making the table anew, under whose rows those of other tables lie. So its foreign keys are not watched
meanwhile, which can be said outside a transaction only, and all of them are checked before it is committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection, Engine

from connect.core import database
from connect.tables import metadata


def run() -> None:
    engine = database.active().engine
    with engine.connect() as connection, _foreign_keys_unwatched(engine, connection), connection.begin():
        context.configure(
            connection=connection, target_metadata=metadata, render_as_batch=engine.dialect.name == "sqlite"
        )
        context.run_migrations()
        if engine.dialect.name == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
            raise RuntimeError(f"a row points at none: {broken[0]}")


@contextmanager
def _foreign_keys_unwatched(engine: Engine, connection: Connection) -> Iterator[None]:
    if engine.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


run()
