"""A tester's removal and a disclosure at the same moment: one waits for the other, and nothing leaves after the removal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

from apps_registry import services as registry
from connect.core import actor, database
from connect.disclosure.errors import GrantMoved
from connect.disclosure.release import Released, list_of, release
from tests.disclosure.conftest import Door
from tests.support import world
from tests.support.blocked import Running, until, waiting
from tests.support.databases import postgres_only
from tests.support.entries import entries
from tests.support.threads import together


@pytest.fixture
def tested(database: ModuleType) -> Door:
    """An app under test that a tester lets read its calls."""
    made = world.make(calls=5, publish=False)
    with database.unit_of_work() as session:
        registry.add_tester(session, made.app_id, made.account_id, actor.SYSTEM)
    return Door(made, world.give(made))


def remove(door: Door) -> None:
    with database.unit_of_work() as session:
        registry.remove_tester(session, door.world.app_id, door.world.account_id, actor.SYSTEM)


def disclosure(door: Door) -> Callable[[], Released]:
    """What was read already, on its way out."""
    context, rows = door.context(), door.page().rows
    return lambda: release(context, rows, list_of())


@contextmanager
def removing(door: Door) -> Iterator[None]:
    """The removal is under way, and committed in the end."""
    with database.unit_of_work() as session:
        registry.remove_tester(session, door.world.app_id, door.world.account_id, actor.SYSTEM)
        yield


@contextmanager
def changing(door: Door) -> Iterator[None]:
    """Something else of the app is being changed."""
    with database.unit_of_work() as session:
        registry.add_redirect_uri(session, door.world.app_id, "https://crm.example/second", actor.SYSTEM)
        yield


def begin(call: Callable[[], Any], waiters: int = 1) -> Running:
    """`call` in a thread, as far as it comes: then so many statements wait."""
    running = Running(call)
    until(lambda: waiting() == waiters)
    return running


def test_the_removal_of_a_tester_closes_the_door(tested: Door) -> None:
    leave = disclosure(tested)
    assert leave().count == 5
    remove(tested)
    with pytest.raises(GrantMoved):
        leave()


@postgres_only
def test_a_removal_waits_for_a_disclosure_in_flight(tested: Door) -> None:
    leave = disclosure(tested)
    with database.unit_of_work():
        released = leave()
        removal = begin(lambda: remove(tested))
        assert not removal.is_over
    removal.result()
    assert released.body
    with pytest.raises(GrantMoved):
        leave()


@postgres_only
def test_a_disclosure_waits_for_a_removal_in_flight_and_then_finds_no_tester(tested: Door) -> None:
    leave = disclosure(tested)
    with removing(tested):
        late = begin(leave)
        assert not late.is_over
    with pytest.raises(GrantMoved):
        late.result()
    assert not entries(type="disclosure")


@postgres_only
def test_a_removal_that_is_undone_lets_the_waiting_disclosure_out(tested: Door) -> None:
    leave = disclosure(tested)
    with pytest.raises(ZeroDivisionError), removing(tested):
        late = begin(leave)
        raise ZeroDivisionError
    assert late.result().body


@postgres_only
def test_another_change_to_the_app_lets_the_waiting_disclosure_out(tested: Door) -> None:
    leave = disclosure(tested)
    with changing(tested):
        late = begin(leave)
    assert late.result().body


@postgres_only
def test_a_removal_and_a_disclosure_that_wait_for_the_same_app_do_not_wait_for_each_other(tested: Door) -> None:
    leave = disclosure(tested)
    with changing(tested):
        first = begin(leave)
        removal = begin(lambda: remove(tested), waiters=2)
    assert first.result().body
    removal.result()
    with pytest.raises(GrantMoved):
        leave()


@postgres_only
def test_a_disclosure_that_comes_after_a_waiting_removal_finds_no_tester(tested: Door) -> None:
    leave = disclosure(tested)
    with changing(tested):
        removal = begin(lambda: remove(tested))
        late = begin(leave, waiters=2)
    removal.result()
    with pytest.raises(GrantMoved):
        late.result()


def test_of_many_disclosures_beside_a_removal_each_leaves_or_finds_no_tester(tested: Door) -> None:
    *left, removed = together(*[disclosure(tested) for _ in range(6)], lambda: remove(tested))
    assert removed is None
    assert all(isinstance(each, Released | GrantMoved) for each in left)
    assert len(entries(type="disclosure")) == len([each for each in left if isinstance(each, Released)])
