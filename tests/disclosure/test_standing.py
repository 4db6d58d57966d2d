"""What leaves, leaves under a grant that stands: in the version it was read for, the app and the account standing too."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import insert, update

from apps_registry import steps
from apps_registry.lifecycle import Party
from connect.accounts.models import Account
from connect.core import actor, database, ids
from connect.core import clock as core_clock
from connect.disclosure import catalogue_store, reads
from connect.disclosure.context import Context
from connect.disclosure.errors import GrantMoved, OlderConsent
from connect.disclosure.filters import CallFilter
from connect.disclosure.models import CatalogueVersion
from connect.disclosure.reads import Paging
from connect.disclosure.release import list_of, release
from connect.grants import services as grants
from connect.scopes import catalogue
from connect.scopes.errors import NotGranted
from connect.scopes.terms import Terms
from tests.disclosure.conftest import NUMBERS, Door
from tests.support.blocked import Running, someone_waits_for_a_lock, until
from tests.support.clock import Clock
from tests.support.databases import postgres_only
from tests.support.entries import entries
from tests.support.world import REQUIRED, World


def revoke(door: Door) -> None:
    with database.unit_of_work() as session:
        grants.revoke(session, door.world.account_id, door.grant.id, door.world.actor)


def pause(door: Door) -> None:
    with database.unit_of_work() as session:
        grants.pause(session, door.world.account_id, door.grant.id, door.world.actor)


def narrow(door: Door) -> None:
    with database.unit_of_work() as session:
        scopes, terms = frozenset({"call_log:read"}), Terms.from_json(door.grant.terms)
        grants.narrow(session, door.world.account_id, door.grant.id, door.world.actor, scopes, terms)


def suspend(door: Door) -> None:
    with database.unit_of_work() as session:
        steps.suspend(session, door.world.app_id, "a complaint", actor.SYSTEM, Party.OPERATOR)


def close_account(door: Door) -> None:
    with database.unit_of_work() as session:
        session.execute(update(Account).where(Account.id == door.world.account_id).values(state="closed"))


@pytest.mark.parametrize("happened", [revoke, pause, narrow, suspend, close_account])
def test_what_was_read_before_a_change_does_not_leave_after_it(door: Door, happened: Callable[[Door], None]) -> None:
    context, rows = door.context(), door.page().rows
    happened(door)
    with pytest.raises(GrantMoved):
        release(context, rows, list_of())
    assert not entries(type="disclosure")


def test_what_was_read_before_the_end_does_not_leave_after_it(door: Door, clock: Clock) -> None:
    context, rows = door.context(), door.page().rows
    clock.move(days=90)
    with pytest.raises(GrantMoved):
        release(context, rows, list_of())


@postgres_only
def test_a_revocation_waits_for_a_disclosure_in_flight(door: Door) -> None:
    rows = door.page().rows
    with database.unit_of_work():
        released = release(door.context(), rows, list_of())
        revocation = Running(lambda: revoke(door))
        until(someone_waits_for_a_lock)
        assert not revocation.is_over
    revocation.result()
    assert released.body
    assert [entry.type for entry in entries(grant_id=door.grant.id)] == ["grant", "disclosure", "grant"]


@postgres_only
def test_a_disclosure_waits_for_a_revocation_in_flight_and_then_finds_no_grant(door: Door) -> None:
    rows = door.page().rows
    with database.unit_of_work() as session:
        grants.revoke(session, door.world.account_id, door.grant.id, door.world.actor)
        disclosure = Running(lambda: release(door.context(), rows, list_of()))
        until(someone_waits_for_a_lock)
        assert not disclosure.is_over
    with pytest.raises(GrantMoved):
        disclosure.result()
    assert not entries(type="disclosure")


@postgres_only
def test_a_revocation_that_is_undone_lets_the_waiting_disclosure_out(door: Door) -> None:
    rows = door.page().rows
    with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
        grants.revoke(session, door.world.account_id, door.grant.id, door.world.actor)
        disclosure = Running(lambda: release(door.context(), rows, list_of()))
        until(someone_waits_for_a_lock)
        raise ZeroDivisionError
    assert disclosure.result().body


@postgres_only
def test_a_suspension_waits_for_a_disclosure_in_flight_and_the_other_way_round(door: Door) -> None:
    rows = door.page().rows
    with database.unit_of_work():
        release(door.context(), rows, list_of())
        suspension = Running(lambda: suspend(door))
        until(someone_waits_for_a_lock)
    suspension.result()
    with pytest.raises(GrantMoved):
        release(door.context(), rows, list_of())


def older_catalogue(change: Callable[[dict[str, Any]], None], version: str) -> str:
    """A catalogue that differs from today's by `change`, as it would stand in the database."""
    document = copy.deepcopy(catalogue.document())
    change(document["resources"])
    row = {"version": version, "document": document, "first_seen_at": core_clock.now()}
    with database.unit_of_work() as session:
        session.execute(insert(CatalogueVersion).values(row))
    catalogue_store._load.cache_clear()
    return version


def under(door: Door, version: str) -> Context:
    return replace(door.context(), catalogue_version=version)


def first_record(context: Context, **asked: Any) -> dict[str, Any]:
    rows = reads.calls(context, CallFilter(), Paging(5, **asked)).rows
    return dict(orjson.loads(release(context, rows, list_of()).body)["data"][0])


def test_a_field_that_the_customer_could_not_have_meant_is_not_shown(door: Door) -> None:
    context = under(door, older_catalogue(lambda found: found["call"]["fields"].pop("tags"), "0" * 64))
    record = first_record(context)
    assert "tags" not in record and "status" in record
    with pytest.raises(NotGranted, match="tags needs call_log:read"):
        first_record(context, only=frozenset({"tags"}))


def test_a_field_that_was_masked_when_the_customer_consented_stays_masked(door_of: Callable[..., Door]) -> None:
    door = door_of(NUMBERS)

    def once_open(found: dict[str, Any]) -> None:
        found["call"]["fields"]["caller_name"] |= {"scope": "contacts:read"}

    record = first_record(under(door, older_catalogue(once_open, "1" * 64)))
    assert record["_masked"] == ["caller_name"]


def test_a_resource_that_is_newer_than_the_consent_needs_a_new_one(door: Door) -> None:
    context = under(door, older_catalogue(lambda found: found.pop("number"), "2" * 64))
    with pytest.raises(OlderConsent, match="number records; it takes a new consent"):
        reads.directory(context, "number", Paging(5))


def test_the_catalogue_that_a_customer_saw_is_kept_with_their_consent(there: World) -> None:
    with database.unit_of_work() as session:
        assert session.get(CatalogueVersion, catalogue.VERSION) is None
        grants.give(session, there.consent(REQUIRED))
    with database.unit_of_work() as session:
        kept = session.get(CatalogueVersion, catalogue.VERSION)
        assert kept is not None and kept.document == catalogue.document()


def test_a_catalogue_that_is_not_there_stops_the_read(door: Door) -> None:
    with pytest.raises(LookupError, match="ffffffffffff is not in the database"):
        first_record(under(door, "f" * 64))


def test_rows_outside_the_terms_do_not_exist(door: Door) -> None:
    context, everything = door.context(), door.page(limit=100).rows
    lines = {keys.number_id for keys in everything.keys if keys.number_id}
    chosen = min(lines)
    assert len(lines) > 1
    on_one_line = replace(context, terms=replace(context.terms, numbers=(ids.encode("num", chosen),)))
    found = reads.calls(on_one_line, CallFilter(), Paging(100))
    assert {keys.number_id for keys in found.rows.keys} == {chosen}
    assert found.window["numbers"] == (ids.encode("num", chosen),) and found.window["departments"] == "all"
    for keys in everything.keys:
        reached = reads.call(on_one_line, UUID(bytes=keys.record_id)) is not None
        assert reached == (keys.number_id == chosen)
    assert len(reads.directory(replace(on_one_line, scopes=REQUIRED), "number", Paging(10)).rows) == 1
