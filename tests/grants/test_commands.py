"""`connect grants`: what each command prints and how it ends."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from connect.cli.grants import grants
from connect.core import ids
from connect.grants.models import Grant
from tests.support import world
from tests.support.entries import entries
from tests.support.world import World


def run(*arguments: str) -> Result:
    return CliRunner().invoke(grants, arguments)


def answer(*arguments: str) -> Any:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return orjson.loads(done.output)


@pytest.fixture
def grant(there: World) -> Grant:
    return world.give(there)


def test_grants_are_listed_by_account_and_by_app(there: World, grant: Grant) -> None:
    account, elsewhere = ids.encode("acc", there.account_id), ids.encode("acc", ids.new())
    [line] = answer("list", "--account", account)["grants"]
    assert (line["id"], line["state"], line["client_id"]) == (ids.encode("grant", grant.id), "active", there.client_id)
    assert answer("list", "--app", there.client_id)["grants"] == [line]
    assert answer("list", "--account", elsewhere)["grants"] == []


@pytest.mark.parametrize(("command", "state"), [("pause", "paused"), ("revoke", "revoked")])
def test_an_operator_takes_a_grant_away_and_the_ledger_says_who_and_why(grant: Grant, command: str, state: str) -> None:
    assert answer(command, ids.encode("grant", grant.id), "--reason", "a complaint")["state"] == state
    said = entries(grant_id=grant.id)[-1].members
    assert (said["event"], said["reason"]) == (state, "a complaint")
    assert said["actor"].startswith("operator:")


def test_what_is_no_id_and_what_is_nobodys_are_refused_in_a_sentence(grant: Grant) -> None:
    unknown = ids.encode("grant", ids.new())
    assert run("pause", "grant_x").exit_code == 2 and "starts with grant_" in run("pause", "grant_x").output
    assert run("list", "--account", "x").exit_code == 2
    done = run("revoke", unknown)
    assert done.exit_code == 1 and done.output == f"Error: There is no grant {unknown}.\n"


def test_a_grant_that_ended_is_not_ended_again(grant: Grant) -> None:
    name = ids.encode("grant", grant.id)
    answer("revoke", name)
    done = run("revoke", name)
    assert done.exit_code == 1 and "Traceback" not in done.output
