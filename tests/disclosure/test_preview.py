"""The preview on the consent page: the account's own rows as the app would get them, through the door; else rows that are made up."""

from __future__ import annotations

from types import ModuleType

import orjson
import pytest

from connect.core import clock
from connect.disclosure.preview import Looker, preview
from connect.scopes.terms import Terms, default_terms
from connect.scopes.text import words
from tests.disclosure.conftest import NUMBERS
from tests.support import world
from tests.support.entries import entries, one_entry
from tests.support.world import REQUIRED, World


def look(world: World, scopes: frozenset[str], terms: Terms | None = None):
    looker = Looker(world.account_id, "Asia/Kolkata", world.person_id, world.app_id, "req_test")
    return preview(looker, scopes, terms or default_terms(clock.now()), words("en"))


def test_it_shows_the_accounts_own_newest_rows_with_masks(there: World) -> None:
    shown = look(there, REQUIRED | {"offline_access"})
    assert not shown.made_up and len(shown.rows) == 5
    keys = [column.key for column in shown.columns]
    numbers = [row[keys.index("caller_e164")] for row in shown.rows]
    assert any(numbers) and all("•" in number for number in numbers if number)
    assert shown.columns[keys.index("caller_e164")].note
    assert orjson.loads(shown.json)["_masked"] == ["caller_e164", "caller_name"]


def test_a_scope_more_shows_the_numbers_whole(there: World) -> None:
    shown = look(there, NUMBERS)
    assert "•" not in "".join("".join(row) for row in shown.rows)


def test_it_is_entered_as_shown_to_the_person_and_not_to_the_app(there: World) -> None:
    look(there, REQUIRED)
    located = one_entry(type="disclosure")
    assert (located.entry.channel, located.entry.person_id, located.entry.count) == ("portal", there.person_id, 5)
    assert located.entry.members["recipient"]["kind"] == "person" and located.entry.grant_id is None
    assert located.entry.members["legal_basis"] == "own data"


def test_an_account_without_calls_sees_rows_that_are_nobodys_and_nothing_is_entered(database: ModuleType) -> None:
    shown = look(world.make(), REQUIRED)
    assert shown.made_up and len(shown.rows) == 3
    assert not entries(type="disclosure")


@pytest.mark.parametrize(
    ("scopes", "columns"),
    [
        ({"contacts:read"}, ["display_name", "e164", "tags"]),
        ({"numbers:read"}, ["id", "e164", "label", "circle", "type", "active"]),
        ({"billing.usage:read"}, []),
    ],
)
def test_it_shows_the_first_resource_that_the_app_may_read(there: World, scopes: set[str], columns: list[str]) -> None:
    assert [column.key for column in look(there, frozenset(scopes)).columns] == columns
