"""Sealers and databases that die at the worst moment: every acknowledged entry is in the tree exactly once, whatever happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from connect.core import database as core_database
from connect.core import settings as core_settings
from connect.core.settings import Settings
from connect.ledger import check, keys, models, sealer, services, store
from connect.ledger.lines import RecordLine
from tests.ledger.bundles import examine
from tests.ledger.support import draft
from tests.ledger.test_bundle import make
from tests.support import databases
from tests.support.databases import postgres_only
from tests.support.postgres import Cluster
from tests.support.servers import environment

pytestmark = pytest.mark.fault

ROOT = Path(__file__).parents[2]
ROUNDS = pytest.mark.parametrize("rounds", [2, pytest.param(100, marks=pytest.mark.prove)])
WRITERS = 4


@dataclass
class Writers:
    """Threads that append all the time, and remember what the database acknowledged."""

    acknowledged: list[UUID] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def write(self) -> None:
        while not self.stop.is_set():
            try:
                with core_database.unit_of_work() as session:
                    made = services.append(session, draft(lines=[RecordLine("call_1")]))
            except DBAPIError:
                pass  # the database is away: nothing was acknowledged
            else:
                assert made is not None
                self.acknowledged.append(made.id)
            self.stop.wait(0.002)  # leaves the processor to the sealers


@contextmanager
def writing() -> Iterator[Writers]:
    writers = Writers()
    threads = [threading.Thread(target=writers.write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        yield writers
    finally:
        writers.stop.set()
        for thread in threads:
            thread.join()


@dataclass
class Sealers:
    """Processes that run `connect seal-forever`."""

    settings: Settings
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        command = [sys.executable, "-m", "connect.cli.main", "seal-forever"]
        env = os.environ | environment(self.settings)
        self.running.append(subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL))

    def kill_one(self) -> None:
        """SIGKILL, in the midst of whatever it is doing."""
        victim = self.running.pop(0)
        victim.send_signal(signal.SIGKILL)
        victim.wait()

    def stop(self) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(timeout=30)


@contextmanager
def sealing(settings: Settings, number: int = 2) -> Iterator[Sealers]:
    sealers = Sealers(settings)
    try:
        for _ in range(number):
            sealers.start()
        yield sealers
    finally:
        sealers.stop()


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


def sealed_size() -> int:
    try:
        with core_database.read() as connection:
            head = store.head(connection)
    except DBAPIError:
        return -1
    return head.size if head else 0


def grows(by: int) -> None:
    """Wait until `by` more leaves are sealed than now."""
    start = max(sealed_size(), 0)
    until(lambda: sealed_size() >= start + by)


def assert_each_acknowledged_entry_has_one_leaf(acknowledged: list[UUID], tmp_path: Path) -> None:
    """Nothing acknowledged is lost, nothing stands twice, the stored log holds, and an auditor's verifier accepts it."""
    sealer.seal_once(publish=True)
    with core_database.read() as connection:
        leaves = list(connection.scalars(select(models.leaf.c.entry_id).order_by(models.leaf.c.leaf_index)))
        report = check.check(connection)
    assert len(leaves) == len(set(leaves))
    assert set(acknowledged) <= set(leaves)
    assert len(leaves) <= len(acknowledged) + WRITERS * 100, (
        "only commits whose acknowledgement was lost may stand beside"
    )
    assert report.ok, report.findings
    bundle = make(tmp_path / "log.zip", "log")
    assert examine(bundle, "--key", keys.verifier_key(keys.origin())) == 0


@pytest.fixture
def quick(settings: Settings) -> Settings:
    """Sealers that never rest, in small batches: many more places to die at."""
    made = replace(
        settings,
        seal_interval=core_settings.seconds(0.01),
        seal_batch=16,
        checkpoint_interval=core_settings.seconds(0.1),
    )
    core_settings.activate(made)
    return made


@postgres_only
@ROUNDS
def test_sealers_that_are_killed_beside_writers_lose_nothing(
    database: ModuleType, quick: Settings, tmp_path: Path, rounds: int
) -> None:
    with writing() as writers, sealing(quick) as sealers:
        for _ in range(rounds):
            grows(40)
            sealers.kill_one()
            sealers.start()
        grows(40)
    assert_each_acknowledged_entry_has_one_leaf(writers.acknowledged, tmp_path)


@ROUNDS
def test_a_database_that_crashes_under_writers_and_sealers_loses_nothing(
    tmp_path: Path, rounds: int, request: pytest.FixtureRequest
) -> None:
    with Cluster(durable=True) as cluster:
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE connect")
        databases.migrate(cluster.url("connect"))
        settings = core_settings.load(
            base_url="http://connect.test",
            database_url=cluster.url("connect"),
            data_dir=tmp_path,
            seal_interval=core_settings.seconds(0.01),
            seal_batch=16,
        )
        core_settings.activate(settings)
        core_database.activate(settings)
        with writing() as writers, sealing(settings):
            for _ in range(rounds):
                grows(40)
                cluster.stop("immediate")
                cluster.start()
            grows(40)
        assert_each_acknowledged_entry_has_one_leaf(writers.acknowledged, tmp_path)
        core_database.active().engine.dispose()


@pytest.mark.parametrize("after", ["_take", "_insert_leaves", "_upsert_tiles", "_sign", "_move_head"])
def test_a_sealer_that_fails_between_any_two_steps_leaves_the_log_as_it_was(
    database: ModuleType, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    sealer.seal_once()
    with database.unit_of_work() as session:
        made = services.append(session, draft())
    step = getattr(sealer, after)

    def fail(*arguments: object) -> object:
        step(*arguments)
        raise RuntimeError("killed")

    monkeypatch.setattr(sealer, after, fail)
    with pytest.raises(RuntimeError, match="killed"):
        sealer.Sealer().seal()
    monkeypatch.undo()
    with database.read() as connection:
        assert check.check(connection).waiting == 1
    assert sealer.seal_once(publish=True).sealed == 1
    with database.read() as connection:
        assert check.check(connection).ok
        assert made is not None
        assert store.commitment(connection, 0) == made.commitment


def test_a_sealer_that_dies_between_the_copy_outside_and_its_row_publishes_again(
    database: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.unit_of_work() as session:
        services.append(session, draft())
    dying = sealer.Sealer()
    dying.seal()
    monkeypatch.setattr(sealer, "_upsert_checkpoint", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
    with pytest.raises(RuntimeError, match="killed"):
        dying.publish()
    monkeypatch.undo()
    assert sealer.seal_once().published == 1
    with database.read() as connection:
        assert check.check(connection).ok
