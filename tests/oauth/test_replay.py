"""The table of proofs that were used: what two uses of one do, in one process and in several."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from types import ModuleType

import pytest

from connect.core import clock as core_clock
from connect.core.settings import Settings
from connect.oauth import housekeeping, replay
from connect.oauth.models import SpentProof
from tests.oauth.look import count
from tests.support.clock import Clock
from tests.support.databases import postgres_only
from tests.support.processes import at_once
from tests.support.threads import Together

MANY = 16
MINUTE = timedelta(seconds=60)
PROCESS = """
import sys
from datetime import timedelta
from connect.core import clock, database, settings
from connect.oauth import replay
settings.activate(settings.load())
with database.read() as connection:
    connection.exec_driver_sql("SELECT 1")
print("ready", flush=True)
sys.stdin.readline()
until = clock.now() + timedelta(seconds=60)
print(sum(database.group_commit(lambda session: replay.first_use(session, "dpop", f"proof {n}", until)) for n in range(50)))
"""


def spend(database: ModuleType, identity: str, kind: str = replay.DPOP) -> bool:
    until = core_clock.now() + MINUTE
    return bool(database.group_commit(lambda session: replay.first_use(session, kind, identity, until)))


def test_a_proof_is_new_once(database: ModuleType) -> None:
    assert spend(database, "one")
    assert not spend(database, "one")
    assert spend(database, "two")


def test_the_kinds_of_proof_do_not_take_each_others_names(database: ModuleType) -> None:
    assert spend(database, "one", replay.DPOP)
    assert spend(database, "one", replay.ASSERTION)


def test_what_was_undone_was_not_used(database: ModuleType) -> None:
    with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
        assert replay.first_use(session, replay.DPOP, "one", core_clock.now() + MINUTE)
        raise ZeroDivisionError
    assert spend(database, "one")


def test_of_many_uses_at_once_one_is_the_first(database: ModuleType, together: Together) -> None:
    assert sorted(together(*[partial(spend, database, "one")] * MANY)) == [False] * (MANY - 1) + [True]


@postgres_only
def test_of_many_processes_that_use_the_same_proofs_one_is_first_for_each(
    database: ModuleType, settings: Settings
) -> None:
    firsts = at_once(settings, PROCESS, 4)
    assert sum(map(int, firsts)) == 50
    assert count(SpentProof) == 50


def test_proofs_that_are_too_old_to_be_used_are_cleared_away_in_batches(database: ModuleType, clock: Clock) -> None:
    for number in range(3):
        spend(database, f"proof {number}")
    clock.move(seconds=30)
    spend(database, "a later one")
    clock.move(seconds=31)
    with database.unit_of_work() as session:
        assert housekeeping.purge(session, 2) == 2
    assert count(SpentProof) == 2
    with database.unit_of_work() as session:
        assert housekeeping.purge(session, 2) == 1
    assert count(SpentProof) == 1
    assert not spend(database, "a later one")
