"""An app under test hears of a tester's calls while the account is a tester, and of nothing once it is not."""

from __future__ import annotations

from types import ModuleType

import pytest

from apps_registry import services as registry
from apps_registry.details import Asked
from connect.core import database as core_database
from connect.core.actor import SYSTEM
from connect.disclosure import reads
from connect.disclosure.errors import GrantMoved
from connect.disclosure.filters import CallFilter
from connect.disclosure.reads import Paging
from connect.disclosure.release import list_of, release
from connect.webhooks import worker
from tests.support import world as worlds
from tests.support.peer import Peer
from tests.support.world import World
from tests.webhooks.office import deliveries, end_call, subscribe

ASKED = (Asked("call_log:read", True, "Lists."), Asked("numbers:read", True, "Shows the line."))


@pytest.fixture
def tested(database: ModuleType) -> World:
    """An account that is a tester of an app that is not published."""
    made = worlds.make(asked=ASKED, publish=False)
    with core_database.unit_of_work() as session:
        registry.add_tester(session, made.app_id, made.account_id, SYSTEM)
    return made


def remove(tested: World) -> None:
    with core_database.unit_of_work() as session:
        registry.remove_tester(session, tested.app_id, tested.account_id, SYSTEM)


def test_a_tester_hears_of_its_calls(tested: World, receiver: Peer) -> None:
    worlds.give(tested)
    subscription = subscribe(tested, receiver)
    end_call(tested.account_id)
    worker.drain_once()
    assert [body["type"] for body in subscription.received] == ["call.ended"]


def test_a_call_after_the_removal_is_told_to_nobody(tested: World, receiver: Peer) -> None:
    worlds.give(tested)
    subscribe(tested, receiver)
    remove(tested)
    end_call(tested.account_id)
    assert deliveries() == []


def test_what_waits_when_the_tester_is_removed_is_not_sent(tested: World, receiver: Peer) -> None:
    worlds.give(tested)
    subscription = subscribe(tested, receiver)
    end_call(tested.account_id)
    remove(tested)
    worker.drain_once()
    assert subscription.received == []
    assert [row.state for row in deliveries()] == ["cancelled"]


def test_the_door_is_closed_to_an_app_whose_tester_was_removed(tested: World) -> None:
    worlds.fill(tested.account_id, 3)
    context = tested.context(worlds.give(tested))
    page = reads.calls(context, CallFilter(), Paging(10))
    assert release(context, page.rows, list_of()).count > 0
    remove(tested)
    with pytest.raises(GrantMoved):
        release(context, page.rows, list_of())
