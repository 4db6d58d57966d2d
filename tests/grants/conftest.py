"""A customer and an app, and what an act on a grant left behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from connect.accounts import people
from connect.core import actor, database
from connect.core.signals import DECLARED
from tests.support import world
from tests.support.world import World


@pytest.fixture
def there(database: ModuleType) -> World:
    return world.make()


@pytest.fixture
def colleague(there: World) -> UUID:
    """A second owner of the account."""
    with database.unit_of_work() as session:
        person = people.add_person(session, "second@neem.example", "Vivan Das", actor.SYSTEM)
        people.give_role(session, person.id, "owner", actor.SYSTEM, account_id=there.account_id)
        return person.id


@pytest.fixture
def heard() -> Iterator[list[tuple[str, Any]]]:
    """The signals of grants that were sent: name and the version they told of."""
    told: list[tuple[str, Any]] = []

    def listener(name: str) -> Any:
        return lambda _grant, *, version, **_: told.append((name, version.version))

    with ExitStack() as stack:
        for name, signal in DECLARED.items():
            if name.startswith("grant_"):
                stack.enter_context(signal.connected_to(listener(name)))
        yield told
