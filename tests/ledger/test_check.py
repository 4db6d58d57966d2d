"""The self-check names what was changed, deleted or added behind the platform's back, before and after sealing."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from connect.core import ids
from connect.ledger import check, models, sealer, tiles, upkeep
from connect.ledger.check import CheckReport
from connect.ledger.services import Appended
from tests.ledger.support import write, write_many

E = models.entry


def run(database: ModuleType) -> CheckReport:
    with database.read() as connection:
        return check.check(connection)


def change(database: ModuleType, act: Callable[[Session], Any]) -> None:
    with database.unit_of_work() as session:
        act(session)


def named(report: CheckReport) -> list[tuple[str | None, str]]:
    return [(finding.entry, finding.what) for finding in report.findings]


def flip(body: bytes) -> bytes:
    return body.replace(b"GET /v1/calls", b"GET /v1/users")


def test_a_sound_log_holds_sealed_and_waiting(database: ModuleType) -> None:
    write_many(database, 600)
    sealer.seal_once(publish=True)
    write_many(database, 2)
    sealer.seal_once()
    write_many(database, 3)
    report = run(database)
    assert report.ok, report.findings
    assert (report.size, report.entries, report.waiting, report.lines) == (602, 602, 3, 1210)
    assert report.tiles == 3 + 1
    assert report.checkpoints == 3


def test_an_empty_log_holds(database: ModuleType) -> None:
    assert run(database).ok
    sealer.seal_once()
    assert run(database).ok


@pytest.mark.parametrize("sealed", [True, False], ids=["after sealing", "before sealing"])
class TestNamed:
    def test_a_changed_body(self, database: ModuleType, sealed: bool) -> None:
        victim = self.prepared(database, sealed)
        change(database, lambda session: self.rewrite(session, victim))
        assert named(run(database)) == [(self.name(victim), "the body is not the one that was committed to")]

    def test_a_changed_column(self, database: ModuleType, sealed: bool) -> None:
        victim = self.prepared(database, sealed)
        change(database, lambda session: session.execute(update(E).where(E.c.id == victim.id).values(status=404)))
        assert named(run(database)) == [(self.name(victim), "the columns say other than the body: status")]

    def test_a_changed_line(self, database: ModuleType, sealed: bool) -> None:
        victim = self.prepared(database, sealed)
        table = models.lines
        change(
            database,
            lambda session: session.execute(
                update(table)
                .where(table.c.entry_id == victim.id)
                .values(data=select(table.c.data).limit(1).scalar_subquery())
            ),
        )
        assert named(run(database)) == [(self.name(victim), "the record lines are not those that the body names")]

    def test_lost_lines(self, database: ModuleType, sealed: bool) -> None:
        victim = self.prepared(database, sealed)
        change(
            database, lambda session: session.execute(delete(models.lines).where(models.lines.c.entry_id == victim.id))
        )
        assert named(run(database)) == [(self.name(victim), "the record lines are not those that the body names")]

    def test_a_deleted_entry(self, database: ModuleType, sealed: bool) -> None:
        victim = self.prepared(database, sealed)
        change(database, lambda session: session.execute(delete(E).where(E.c.id == victim.id)))
        expected = check.MISSING if sealed else check.LOST_BEFORE_SEALING
        assert named(run(database)) == [(self.name(victim), expected)]

    def test_an_entry_that_was_put_in_beside_the_queue(self, database: ModuleType, sealed: bool) -> None:
        victim = self.prepared(database, sealed)
        forged = ids.new()
        columns = [E.c[column.name] for column in E.c if column.name != "id"]

        def act(session: Session) -> None:
            row = session.execute(select(*columns).where(E.c.id == victim.id)).one()
            session.execute(insert(E).values(**row._asdict(), id=forged))

        change(database, act)
        assert named(run(database)) == [(ids.encode("entry", forged), check.NOT_QUEUED)]

    def prepared(self, database: ModuleType, sealed: bool) -> Appended:
        victim = write_many(database, 5)[3]
        if sealed:
            sealer.seal_once(publish=True)
        return victim

    def name(self, victim: Appended) -> str:
        return ids.encode("entry", victim.id)

    def rewrite(self, session: Session, victim: Appended) -> None:
        body = session.scalar(select(E.c.body).where(E.c.id == victim.id))
        assert body is not None
        session.execute(update(E).where(E.c.id == victim.id).values(body=flip(body)))


def test_a_deleted_leaf_leaves_a_gap_and_an_entry_outside_the_log(database: ModuleType) -> None:
    victim = write_many(database, 5)[2]
    sealer.seal_once()
    change(database, lambda session: session.execute(delete(models.leaf).where(models.leaf.c.entry_id == victim.id)))
    report = run(database)
    assert {(finding.leaf, finding.entry) for finding in report.findings} == {
        (2, None),
        (None, ids.encode("entry", victim.id)),
    }


@pytest.mark.parametrize(("level", "number"), [(tiles.ENTRIES, 1), (0, 0), (0, 2), (1, 0)])
def test_a_changed_tile_is_found(database: ModuleType, level: int, number: int) -> None:
    write_many(database, 600)
    sealer.seal_once(publish=True)
    column = models.tile.c
    at = (column.level == level) & (column.number == number)

    def act(session: Session) -> None:
        data = session.scalar(select(column.data).where(at)) or b""
        session.execute(update(models.tile).where(at).values(data=data[:40] + bytes([data[40] ^ 1]) + data[41:]))

    change(database, act)
    report = run(database)
    assert any(tiles.path(level if level >= 0 else 0, number) in finding.what for finding in report.findings)


def test_a_checkpoint_over_another_tree_is_found(database: ModuleType) -> None:
    write_many(database, 5)
    sealer.seal_once(publish=True)
    write_many(database, 5)
    sealer.seal_once(publish=True)
    change(database, lambda session: session.execute(update(models.state).values(root=b"r" * 32)))
    assert "ledger_state was signed over another tree" in run(database).findings[0].what


def test_a_checkpoint_that_nobody_signed_is_found(database: ModuleType) -> None:
    write_many(database, 5)
    sealer.seal_once(publish=True)
    note = models.checkpoint.c.note
    change(database, lambda session: session.execute(update(models.checkpoint).values(note=note + "x")))
    assert run(database).findings[0].what.startswith("checkpoint 5: ")


def test_leaves_that_an_entry_erased_are_not_missing_and_others_are(database: ModuleType) -> None:
    written = write_many(database, 5)
    sealer.seal_once()
    write(
        database,
        upkeep.retention(log="ledger", cutoff="2026-01-01", policy_days=2555, leaves=[(0, 1), (90, 99)], counts={}),
    )
    sealer.seal_once()
    gone = [entry.id for entry in written[:3]]

    def act(session: Session) -> None:
        session.execute(delete(E).where(E.c.id.in_(gone)))
        session.execute(delete(models.lines).where(models.lines.c.entry_id.in_(gone)))

    change(database, act)
    report = run(database)
    assert report.erased == 2
    assert [(finding.leaf, finding.what) for finding in report.findings] == [(2, check.MISSING)]
