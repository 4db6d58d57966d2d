"""What an app has read, told from the ledger alone, and the receipt of the consent it read under."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from apps_registry import queries as registry
from connect.accounts import queries as accounts
from connect.core import clock as core_clock
from connect.core import ids
from connect.disclosure import receipts, usage
from connect.grants import queries as grants
from tests.disclosure.conftest import Door
from tests.support import world
from tests.support.clock import Clock


def used(door: Door) -> usage.Usage:
    return usage.of_grant(door.world.account_id, door.grant.id, "Asia/Kolkata")


def test_a_grant_that_was_not_used_says_so(door: Door) -> None:
    assert used(door) == usage.Usage(0, 0, None, None)
    assert usage.sums_of_account(door.world.account_id) == {}


def test_reads_are_counted_by_field_by_day_and_by_scope(door: Door, clock: Clock) -> None:
    door.list(limit=5, only=frozenset({"id", "caller_e164"}))
    clock.move(days=1)
    door.list(limit=3, only=frozenset({"id"}))
    said = used(door)
    assert (said.requests, said.records) == (2, 8)
    by_field = {field.name: (field.records, field.mask) for field in said.fields}
    assert by_field == {"id": (8, None), "caller_e164": (5, "number")}
    assert [(day.requests, day.records, day.fields) for day in said.days] == [
        (1, 5, ("caller_e164", "id")),
        (1, 3, ("id",)),
    ]
    today = core_clock.now().astimezone(ZoneInfo("Asia/Kolkata")).date()
    assert [day.day for day in said.days] == [today - timedelta(days=1), today]
    assert said.scopes == {"call_log:read": said.last}
    assert usage.sums_of_account(door.world.account_id)[door.grant.id] == (2, 8, said.last)
    assert usage.recent(door.world.account_id, timedelta(hours=1)) == (3, 1)


def test_another_grants_reads_are_not_counted(door: Door) -> None:
    other = world.make(calls=3, name="Other Traders")
    Door(other, world.give(other)).list()
    assert used(door).requests == 0


def test_a_receipt_names_what_was_given_and_where_it_stands_in_the_ledger(door: Door) -> None:
    there, grant = door.world, grants.one(door.world.account_id, door.grant.id)
    (version,) = grants.history(there.account_id, door.grant.id)
    app, account = registry.app_page(there.app_id), accounts.account(there.account_id)
    assert grant is not None
    receipt = receipts.document(grant, version, app, account)
    assert receipt["receipt"] == f"{ids.encode('grant', grant.id)}/1" and receipt["event"] == "given"
    assert receipt["granted"] == grant.scopes and receipt["refused"] == grant.refused
    assert receipt["parties"]["account"]["name"] == "Neem Traders"
    assert receipt["ledger"]["entry"] == ids.encode("entry", version.entry_id)
    assert len(bytes.fromhex(receipt["ledger"]["commitment"])) == 33
    page = receipts.page(receipt)
    assert page["number"] == receipt["receipt"] and page["at"] == version.at and page["app"] == app.name
