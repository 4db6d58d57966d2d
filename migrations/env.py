"""Alembic's entry: runs the migrations against the database of the settings, in one transaction."""

from __future__ import annotations

from alembic import context

from connect.core import database
from connect.tables import metadata


def run() -> None:
    engine = database.active().engine
    with engine.begin() as connection:
        context.configure(
            connection=connection, target_metadata=metadata, render_as_batch=engine.dialect.name == "sqlite"
        )
        context.run_migrations()


run()
