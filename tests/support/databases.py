"""A migrated, empty database for each test, made in under a millisecond (SQLite) or kept and emptied (PostgreSQL)."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, event

from connect.core import database, migrations, settings
from tests.support import postgres

# On a test that uses `database`: run it on one of the two only.
sqlite_only = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
postgres_only = pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


@contextmanager
def on_connect(engine: Engine, change: Callable[[Any], object]) -> Iterator[None]:
    """Do `change` to every connection opened inside the block. Engines outlive a test, so what is hooked in is taken out again."""

    def changed(connection: Any, _record: Any) -> None:
        change(connection)

    engine.dispose()
    event.listen(engine, "connect", changed)
    try:
        yield
    finally:
        event.remove(engine, "connect", changed)
        engine.dispose()


def migrate(url: str) -> None:
    """Bring the database at `url` up to the newest revision."""
    config = settings.load(database_url=url)
    settings.activate(config)
    engine = database.activate(config).engine
    migrations.upgrade()
    engine.dispose()


@contextmanager
def _once(path: Path) -> Iterator[bool]:
    """Whether `path` is still to be made; other workers wait here until it is."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not path.exists()


class SqliteFile:
    """This worker's file: made anew from the migrated one for each test, always at the same path, so that one engine serves all."""

    def __init__(self, run: Path, folder: Path) -> None:
        self._template, self._file = run / "template.db", folder / "connect.db"
        self.url = f"sqlite:///{self._file}"

    def renew(self) -> None:
        """Put a migrated, empty file in the place of the last test's; whoever still holds that one open keeps it to himself."""
        with _once(self._template) as missing:
            if missing:
                made = self._template.with_suffix(".part")
                migrate(f"sqlite:///{made}")
                made.rename(self._template)
        for left in self._file.parent.glob("connect.db*"):
            left.unlink()
        shutil.copyfile(self._template, self._file)


class PostgresDatabase:
    """This worker's database: made from the migrated template at first use, emptied after each test."""

    def __init__(self, run: Path, owner: int) -> None:
        self._address = postgres.shared(run, owner)
        self.url = self._address.format(f"connect_{WORKER}")
        self._make_template(run)
        with psycopg.connect(self._address.format("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE connect_{WORKER} TEMPLATE connect_template")
        self._connection = psycopg.connect(self.url, autocommit=True, options="-c lock_timeout=10s")
        self._emptying = self._plan()

    def empty(self) -> None:
        """Give every table the rows it had after the migration. DELETE, since TRUNCATE of many empty tables takes 20 times as long."""
        self._connection.execute(self._emptying)

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def unmigrated(self) -> Iterator[str]:
        """URL of a new database without tables, dropped afterwards."""
        name = sql.Identifier(f"connect_{uuid4().hex}")
        with psycopg.connect(self._address.format("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
            try:
                yield self._address.format(name.as_string().strip('"'))
            finally:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))

    def _make_template(self, run: Path) -> None:
        with _once(run / "template.postgres") as missing:
            if missing:
                with psycopg.connect(self._address.format("postgres"), autocommit=True) as connection:
                    connection.execute("CREATE DATABASE connect_template")
                migrate(self._address.format("connect_template"))
                (run / "template.postgres").touch()

    def _plan(self) -> sql.Composed:
        """One batch of statements. Foreign keys are not looked at, so the order of tables does not matter."""
        self._connection.execute("CREATE SCHEMA seed")
        steps = [sql.SQL("SET session_replication_role = replica")]
        for name, seeded in self._tables():
            table = sql.Identifier(name)
            steps.append(sql.SQL("DELETE FROM {}").format(table))
            if seeded:
                kept = sql.Identifier("seed", name)
                self._connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(kept, table))
                steps.append(sql.SQL("INSERT INTO {} TABLE {}").format(table, kept))
        return sql.SQL(";").join(steps)

    def _tables(self) -> list[tuple[str, bool]]:
        """Each table a migration made, and whether it left rows in it."""
        listed = self._connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT relispartition AND relname <> 'alembic_version' ORDER BY relname"
        ).fetchall()
        return [(name, self._has_rows(name)) for (name,) in listed]

    def _has_rows(self, name: str) -> bool:
        query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(name))
        row = self._connection.execute(query).fetchone()
        return bool(row and row[0])
