"""Every migration goes up, down and up again on both databases, and ends at the schema the models describe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import column, insert, inspect, table

from connect.accounts import people
from connect.core import actor, clock, ids, mail, migrations, settings
from connect.core import database as core_database
from connect.core.mail import Mail
from connect.grants import queries
from connect.grants import services as grants
from connect.tables import metadata
from tests.support import world

REVISIONS = [script.revision for script in ScriptDirectory(str(migrations.FOLDER)).walk_revisions()][::-1]


@pytest.fixture
def unmigrated(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ModuleType]:
    """A database without tables."""
    if dialect == "sqlite":
        yield from _open(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path)
        return
    with request.getfixturevalue("postgres_database").unmigrated() as url:
        yield from _open(url, tmp_path)


def _open(url: str, folder: Path) -> Iterator[ModuleType]:
    config = settings.load(database_url=url, data_dir=folder)
    settings.activate(config)
    engine = core_database.activate(config).engine
    yield core_database
    engine.dispose()


def test_the_migrated_schema_is_the_one_the_models_describe(unmigrated: ModuleType) -> None:
    migrations.upgrade()
    with unmigrated.active().engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_migration_can_be_taken_back_and_made_again(unmigrated: ModuleType, revision: str) -> None:
    migrations.upgrade(revision)
    before = _columns(unmigrated)
    migrations.downgrade("-1")
    assert _columns(unmigrated) != before
    migrations.upgrade(revision)
    assert _columns(unmigrated) == before


def test_a_letter_that_waited_before_it_could_be_tried_again_is_sent(unmigrated: ModuleType) -> None:
    migrations.upgrade("0003")
    row = {"id": ids.new(), "recipient": "asha@neem.example", "subject": "S", "body": "B", "kind": "test"}
    before = table("mail", *(column(name, Mail.__table__.c[name].type) for name in (*row, "created_at")))
    with unmigrated.unit_of_work() as session:
        session.execute(insert(before).values(**row, created_at=clock.now()))
    migrations.upgrade()
    assert [mail.deliver_due(), mail.deliver_due()] == [1, 0]


def test_a_grant_that_somebody_else_changed_is_theirs(unmigrated: ModuleType) -> None:
    migrations.upgrade()
    there = world.make()
    with unmigrated.unit_of_work() as session:
        second = people.add_person(session, "second@neem.example", "Vivan Das", actor.SYSTEM).id
        people.give_role(session, second, "owner", actor.SYSTEM, account_id=there.account_id)
    grant = world.give(there)
    with unmigrated.unit_of_work() as session:
        grants.give(session, replace(there.consent(world.REQUIRED, version=1), person_id=second))
    migrations.downgrade("0005")
    migrations.upgrade()
    view = queries.one(there.account_id, grant.id)
    assert view is not None and (view.given_by, view.backer) == (there.person_id, second)


def test_taking_every_migration_back_leaves_no_table(unmigrated: ModuleType) -> None:
    migrations.upgrade()
    migrations.downgrade("base")
    assert set(_columns(unmigrated)) <= {"alembic_version"}


def test_an_upgrade_of_a_new_database_is_a_no_op_the_second_time(unmigrated: ModuleType) -> None:
    migrations.upgrade()
    before = _columns(unmigrated)
    migrations.upgrade()
    assert _columns(unmigrated) == before


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Partitions are made ahead by a job; the models know their parent table alone."""
    return kind != "table" or name is None or ("_p20" not in name and not name.endswith("_default"))


def _columns(database: ModuleType) -> dict[str, list[tuple[str, str, bool]]]:
    """Every table with its columns: name, type, whether null is allowed."""
    with database.active().engine.connect() as connection:
        seen = inspect(connection)
        return {
            table: [(column["name"], str(column["type"]), column["nullable"]) for column in seen.get_columns(table)]
            for table in seen.get_table_names()
        }
