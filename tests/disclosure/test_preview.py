"""The preview on the consent page: the account's own rows as the app would get them, through the door; else rows that are made up."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any
from uuid import UUID

import orjson
import pytest
from phonenumbers import is_valid_number, parse

from connect.core import clock
from connect.disclosure import made_up
from connect.disclosure.context import Context
from connect.disclosure.preview import RESOURCES, Looker, preview, sample
from connect.scopes import catalogue
from connect.scopes.terms import Terms, default_terms
from connect.scopes.text import words
from tests.disclosure.conftest import NUMBERS
from tests.support import world
from tests.support.entries import entries, one_entry
from tests.support.world import REQUIRED, World

# What a call has only sometimes; a made-up one lacks it.
NOT_OF_EVERY_CALL = {"session_id", "queued_at", "ring_s", "contact_id", "disposition", "tags", "cost", "reference_id"}


def look(world: World, scopes: frozenset[str], terms: Terms | None = None):
    looker = Looker(world.account_id, "Asia/Kolkata", world.person_id, world.app_id, "req_test")
    return preview(looker, scopes, terms or default_terms(clock.now()), words("en"))


def nobodys(scopes: frozenset[str]) -> Context:
    nobody = UUID(int=0)
    terms = default_terms(clock.now())
    return Context("portal", "sample", nobody, "person", nobody, scopes, terms, catalogue.VERSION, "UTC")


def test_it_shows_the_accounts_own_newest_rows_with_masks(there: World) -> None:
    shown = look(there, REQUIRED | {"offline_access"})
    assert not shown.made_up and len(shown.rows) == 3
    keys = [column.key for column in shown.columns]
    numbers = [row[keys.index("caller_e164")] for row in shown.rows]
    assert any(numbers) and all("•" in number for number in numbers if number)
    assert shown.columns[keys.index("caller_e164")].note
    assert orjson.loads(shown.json)[0]["_masked"] == ["caller_e164", "caller_name"]


def test_a_scope_more_shows_the_numbers_whole(there: World) -> None:
    shown = look(there, NUMBERS)
    assert "•" not in "".join("".join(row) for row in shown.rows)


def test_every_field_that_leaves_is_in_the_table_but_references(there: World) -> None:
    shown = look(there, NUMBERS)
    assert len(orjson.loads(shown.json)) == len(shown.rows) and shown.newest_first
    left = set(orjson.loads(shown.json)[0]) - {"_masked"}
    references = {rule.name for rule in catalogue.RESOURCES["call"].fields if rule.kind in {"id", "ids"}}
    assert {column.key for column in shown.columns} == left - references
    kinds = {column.key: column.kind for column in shown.columns}
    assert (kinds["started_at"], kinds["status"], kinds["talk_s"]) == ("time", "choice", "seconds")


def test_it_is_entered_as_shown_to_the_person_and_not_to_the_app(there: World) -> None:
    look(there, REQUIRED)
    located = one_entry(type="disclosure")
    assert (located.entry.channel, located.entry.person_id, located.entry.count) == ("portal", there.person_id, 3)
    assert located.entry.members["recipient"]["kind"] == "person" and located.entry.grant_id is None
    assert located.entry.members["legal_basis"] == "own data"


def test_an_account_without_calls_sees_rows_that_are_nobodys_and_nothing_is_entered(database: ModuleType) -> None:
    shown = look(world.make(), REQUIRED)
    assert shown.made_up and len(shown.rows) == 3
    assert not entries(type="disclosure")


@pytest.mark.parametrize(
    ("scopes", "columns"),
    [
        ({"contacts:read"}, ["display_name", "e164", "tags", "state", "created_at", "updated_at"]),
        ({"numbers:read"}, ["e164", "label", "circle", "type", "active"]),
        ({"billing.usage:read"}, []),
    ],
)
def test_it_shows_the_first_resource_that_the_app_may_read(there: World, scopes: set[str], columns: list[str]) -> None:
    assert [column.key for column in look(there, frozenset(scopes)).columns] == columns


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_made_up_row_has_a_value_for_whatever_an_app_may_ask_of_its_resource(
    database: ModuleType, resource: str, count_queries: Callable[[], Any]
) -> None:
    fields = catalogue.RESOURCES[resource].fields
    context = nobodys(frozenset(field.scope for field in fields))
    with count_queries() as statements:
        records = made_up.records(context, resource)
    assert not statements and not entries(type="disclosure")
    filled = {name for record in records for name, value in record.items() if value not in (None, [])}
    assert {field.name for field in fields} - filled == (NOT_OF_EVERY_CALL if resource == "call" else set())
    assert not {number for number in re.findall(r"\+\d{8,}", str(records)) if is_valid_number(parse(number))}


@pytest.mark.parametrize(
    ("scopes", "first"),
    [
        ({"contacts:read", "contacts.details:read"}, "Made Up"),
        ({"users:read", "numbers:read"}, "Example Agent"),
        ({"numbers:read"}, "Front desk"),
        ({"departments:read"}, "Sales"),
        ({"account:read"}, "Example Traders"),
    ],
)
def test_a_sample_shows_the_same_columns_as_ones_own_rows_and_says_that_it_is_made_up(
    there: World, scopes: set[str], first: str
) -> None:
    own = look(there, frozenset(scopes))
    made = sample(frozenset(scopes), default_terms(clock.now()), words("en"))
    assert made.made_up and not own.made_up and first in made.rows[0]
    assert (made.columns, made.caption) == (own.columns, own.caption)


def test_a_sample_hides_what_the_app_would_not_get(database: ModuleType) -> None:
    made = sample(REQUIRED, default_terms(clock.now()), words("en"))
    assert orjson.loads(made.json)[0]["caller_e164"] == "+91••••••10"
    assert not sample(frozenset({"billing.usage:read"}), default_terms(clock.now()), words("en")).rows
