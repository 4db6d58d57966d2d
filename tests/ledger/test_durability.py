"""The platform refuses to start on a database that forgets what it acknowledged."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from connect import serve
from connect.ledger import durability
from connect.ledger.durability import NotDurable
from tests.support.databases import on_connect


@pytest.fixture
def forgetful(database: ModuleType, dialect: str) -> Iterator[None]:
    """New connections commit without waiting for the disk, as somebody might set it to make things faster."""
    careless = "SET synchronous_commit = off" if dialect == "postgresql" else "PRAGMA synchronous = NORMAL"

    def make_careless(connection: Any) -> None:
        connection.execute(careless)
        connection.commit()

    with on_connect(database.active().engine, make_careless):
        yield


def test_a_database_as_we_open_it_is_durable(database: ModuleType) -> None:
    durability.require()


def test_a_database_that_forgets_is_refused(forgetful: None) -> None:
    with pytest.raises(NotDurable, match="a power cut would lose"):
        durability.require()


@pytest.mark.parametrize("part", [serve.serve, serve.web, serve.seal, serve.work])
def test_no_part_of_the_platform_starts_on_it(forgetful: None, part: object) -> None:
    with pytest.raises(NotDurable):
        part()  # type: ignore[operator]
