"""A customer with calls, an app with a grant, and the way from a context to a body."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from uuid import UUID

import orjson
import pytest

from connect.disclosure import reads
from connect.disclosure.context import Context
from connect.disclosure.filters import CallFilter
from connect.disclosure.reads import Only, Page, Paging
from connect.disclosure.release import Released, list_of, one, release
from connect.grants.models import Grant
from tests.support import world
from tests.support.world import REQUIRED, World

NUMBERS = REQUIRED | {"call_log.numbers:read"}


@dataclass
class Door:
    """What an app of `world` under `grant` gets through the door."""

    world: World
    grant: Grant

    def context(self, grant: Grant | None = None) -> Context:
        return self.world.context(grant or self.grant)

    def page(self, limit: int = 5, only: Only = None, cursor: str | None = None, **filters: Any) -> Page:
        return reads.calls(self.context(), CallFilter(**filters), Paging(limit, cursor, only))

    def list(self, **asked: Any) -> tuple[Released, list[dict[str, Any]]]:
        """A page of calls: what was released, and its records."""
        released = release(self.context(), self.page(**asked).rows, list_of())
        return released, orjson.loads(released.body)["data"]

    def call(self, call_id: UUID, only: Only = None) -> tuple[Released, dict[str, Any]]:
        """One call with its legs."""
        rows = reads.call(self.context(), call_id, only=only)
        assert rows is not None
        released = release(self.context(), rows, one)
        return released, orjson.loads(released.body)


@pytest.fixture
def there(database: ModuleType) -> World:
    return world.make(calls=25)


@pytest.fixture
def door_of(there: World) -> Callable[..., Door]:
    """`door_of(scopes, **terms)`: the owner consents; the app's way in."""
    return lambda scopes=REQUIRED, **terms: Door(there, world.give(there, scopes, **terms))


@pytest.fixture
def door(door_of: Callable[..., Door]) -> Door:
    """An app that may read the call log with numbers masked."""
    return door_of()
