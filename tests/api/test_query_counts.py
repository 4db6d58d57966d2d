"""What a request costs in statements: one to authorise, one to read, one transaction to write, however long page and log are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from connect.core import settings as core_settings
from connect.core.settings import Settings
from tests.api.conftest import Api
from tests.support import world
from tests.support.queries import count_queries

LISTS = ["/v1/numbers", "/v1/departments", "/v1/users", "/v1/contacts", "/v1/calls"]
BEGINS = ("SELECT", "INSERT", "WITH", "UPDATE")


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements inside the block that read or write, as SELECT, INSERT ..., in order."""
    kinds: list[str] = []
    with count_queries() as queries:
        yield kinds
    kinds += [word for query in queries if (word := query.split()[0]) in BEGINS]


@pytest.fixture
def warm(wide: Api) -> Api:
    """What is read once per process (the purposes of an app version) has been read."""
    wide.get("/v1/account")
    return wide


@pytest.mark.parametrize("path", LISTS)
def test_a_page_of_a_hundred_costs_what_a_page_of_one_costs(warm: Api, path: str) -> None:
    with statements() as of_one:
        assert len(warm.get(path, limit=1).get_json()["data"]) == 1
    with statements() as of_many:
        assert len(warm.get(path, limit=100).get_json()["data"]) > 1
    assert of_one == of_many


def test_a_longer_log_costs_no_more(warm: Api) -> None:
    with statements() as short:
        cursor = warm.get("/v1/calls", limit=10).get_json()["page"]["next"]
    world.fill(warm.world.account_id, 300, seed=8)
    with statements() as long:
        assert len(warm.get("/v1/calls", limit=10, cursor=cursor).get_json()["data"]) == 10
    assert short == long


def test_one_statement_authorises_one_reads_and_one_transaction_writes(warm: Api, dialect: str) -> None:
    with statements() as kinds:
        assert warm.get("/v1/calls", limit=50).status_code == 200
    # SQLite asks the guard and inserts entry, pending and lines in turn; PostgreSQL does so in one statement.
    written = ["SELECT", "INSERT", "INSERT", "INSERT"] if dialect == "sqlite" else ["WITH"]
    assert kinds == ["SELECT", "SELECT", *written]


def test_a_call_with_its_legs_costs_one_statement_more(warm: Api) -> None:
    call_id = warm.get("/v1/calls", limit=1).get_json()["data"][0]["id"]
    with statements() as alone:
        warm.get(f"/v1/calls/{call_id}", fields="id,status")
    with statements() as with_legs:
        warm.get(f"/v1/calls/{call_id}")
    assert len(with_legs) == len(alone) + 1


def test_limits_are_counted_in_one_statement_each_on_postgresql_and_in_memory_on_sqlite(
    warm: Api, dialect: str, settings: Settings
) -> None:
    with statements() as without:
        warm.get("/v1/calls")
    core_settings.activate(replace(settings, api_rate="600/minute", address_rate="6000/minute"))
    with statements() as limited:
        warm.get("/v1/calls")
    assert len(limited) - len(without) == (2 if dialect == "postgresql" else 0)


def test_a_refused_request_reads_no_record(warm: Api, count_queries: Any) -> None:
    for path in ("/v1/calls?limit=0", "/v1/calls?caller=%2B915000000010"):
        with count_queries() as queries:
            assert warm.get(path).status_code in {400, 403}
        assert len(queries) == 1, queries
