"""The door: bytes can be read once their entry is durable, and the entry says of exactly those bytes what left."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import orjson
import pytest

from connect.core import database, ids
from connect.core.groupcommit import GroupWriter
from connect.disclosure import entry, reads
from connect.disclosure.encoding import encode
from connect.disclosure.errors import GrantMoved, NotDurable
from connect.disclosure.reads import Paging
from connect.disclosure.release import Released, list_of, release
from connect.disclosure.rows import Rows
from connect.grants import services as grants
from connect.scopes.errors import NotGranted
from tests.disclosure.conftest import NUMBERS, Door
from tests.support import world
from tests.support.databases import sqlite_only
from tests.support.entries import entries, one_entry
from tests.support.threads import together
from tests.support.world import REQUIRED, World


def a_call_with_legs(door: Door) -> UUID:
    """A call that rang at more than nobody."""
    for keys in door.page(limit=100).rows.keys:
        rows = reads.call(door.context(), UUID(bytes=keys.record_id))
        assert rows is not None
        if rows.nested["legs"]:
            return UUID(bytes=keys.record_id)
    raise AssertionError("no call has legs")


def test_the_entry_says_what_left_in_which_bytes_to_whom_and_why(door: Door) -> None:
    released, records = door.list(limit=5)
    located = one_entry(grant_id=door.grant.id, type="disclosure")
    said = located.entry.members
    assert said["sha256"] == hashlib.sha256(released.body).hexdigest() == released.sha256
    assert said["bytes"] == len(released.body) and said["count"] == len(records) == 5
    assert set(said["fields"]) == set(records[0]) - {"_masked"}
    assert said["masks"] == {"caller_e164": "number", "caller_name": "initials"}
    assert said["scopes"] == ["call_log:read"] and said["channel"] == "api" and said["legal_basis"] == "consent"
    assert said["grant_version"] == 1 and said["catalogue_version"] == door.grant.catalogue_version
    assert said["recipient"] == {"kind": "app", "id": ids.encode("app", door.world.app_id)}
    assert [line["id"] for line in located.lines] == [record["id"] for record in records]
    assert [line["number"] for line in located.lines] == [record["number_id"] for record in records]
    assert all(line["set"] == 0 for line in located.lines)


def test_a_line_names_the_caller_by_a_salted_digest(door: Door) -> None:
    door.list(limit=5)
    keys = door.page(limit=5).rows.keys
    lines = one_entry(grant_id=door.grant.id, type="disclosure").lines
    wanted = [entry.subject_digest(key.subject_salt, key.subject_e164) for key in keys]
    assert [line["subject"] for line in lines] == wanted and any(wanted)
    assert entry.subject_digest(None, "+915000000010") is None  # an erased person says nothing


def test_the_address_of_the_caller_is_kept_as_digests_of_itself_and_of_its_network(there: World) -> None:
    assert entry._block("203.0.113.9") == entry._block("203.0.113.200") != entry._block("203.0.114.9")
    assert entry._block("2001:db8::1") == entry._block("2001:db8:0:0:ff::2") != entry._block("2001:db8:0:1::1")
    assert entry._block("no address") == ""


def test_a_recipient_of_an_unknown_kind_gets_nothing_and_the_kinds_are_named(door: Door) -> None:
    rows, context = door.page().rows, replace(door.context(), recipient_kind="authority")
    with pytest.raises(ValueError, match=r"\['app', 'person'\], not 'authority'"):
        release(context, rows, list_of())
    assert entries(type="disclosure") == []


def test_with_no_unit_open_the_body_can_be_read_at_once(door: Door) -> None:
    released = release(door.context(), door.page().rows, list_of())
    assert orjson.loads(released.body)["data"]


def test_inside_a_unit_the_body_opens_when_the_unit_is_durable(door: Door) -> None:
    rows = door.page().rows
    with database.unit_of_work():
        released = release(door.context(), rows, list_of())
        with pytest.raises(NotDurable):
            _ = released.body
    assert released.body
    assert len(entries(grant_id=door.grant.id, type="disclosure")) == 1


def test_a_unit_that_is_rolled_back_lets_nothing_out(door: Door) -> None:
    rows, kept = door.page().rows, []
    with pytest.raises(ZeroDivisionError), database.unit_of_work():
        kept.append(release(door.context(), rows, list_of()))
        raise ZeroDivisionError
    with pytest.raises(NotDurable):
        _ = kept[0].body
    assert not entries(grant_id=door.grant.id, type="disclosure")


@sqlite_only
def test_callers_that_share_a_commit_each_get_their_own_answer(door: Door) -> None:
    other = world.make(calls=5, name="Other Traders")
    ended = Door(other, world.give(other))
    rows = door.page().rows
    with database.unit_of_work() as session:
        grants.revoke(session, other.account_id, ended.grant.id, other.actor)

    def open_door() -> Released:
        return release(door.context(), rows, list_of())

    def closed_door() -> Released:
        return release(ended.context(), Rows(rows.projection, [], []), list_of())

    writer = GroupWriter(database.active())
    writer.start()
    try:
        answers = together(*[open_door, closed_door] * 4)
    finally:
        writer.stop()
    assert [type(answer) for answer in answers] == [Released, GrantMoved] * 4
    assert all(answer.body for answer in answers[::2])
    assert len(entries(type="disclosure")) == 4


def test_an_empty_page_is_counted_too(door: Door) -> None:
    released, records = door.list(status="failed", direction="outbound", agent_id=UUID(int=1))
    assert records == []
    located = one_entry(grant_id=door.grant.id, type="disclosure")
    assert located.entry.count == 0 and located.lines == () and released.count == 0


def test_masked_fields_are_listed_and_their_values_hidden(door: Door) -> None:
    _, records = door.list(limit=20)
    shown = [record["caller_e164"] for record in records if record["caller_e164"]]
    assert shown and all("•" in number for number in shown)
    assert all(record["_masked"] == ["caller_e164", "caller_name"] for record in records)


def test_with_the_scope_the_values_are_whole_and_no_mask_is_named(door_of: Callable[..., Door]) -> None:
    _, records = door_of(NUMBERS).list(limit=20)
    shown = [record["caller_e164"] for record in records if record["caller_e164"]]
    assert shown and all(number.startswith("+9150") for number in shown)
    assert not any("_masked" in record for record in records)
    said = one_entry(type="disclosure").entry.members
    assert said["masks"] == {} and said["scopes"] == ["call_log.numbers:read", "call_log:read"]


def test_legs_have_their_own_set_of_fields_their_masks_and_their_lines(door: Door) -> None:
    call_id = a_call_with_legs(door)
    released, record = door.call(call_id)
    assert record["legs"] and all(leg["call_id"] == record["id"] for leg in record["legs"])
    located = one_entry(type="disclosure")
    own, of_legs = located.entry.members["field_sets"]
    assert set(own) == set(record) - {"_masked", "legs"}
    assert set(of_legs) == {f"legs.{name}" for name in record["legs"][0] if name != "_masked"}
    assert located.entry.members["fields"] == own + of_legs
    assert located.entry.members["masks"]["legs.dialled_e164"] == "number"
    assert [line["set"] for line in located.lines] == [0] + [1] * len(record["legs"])
    assert located.entry.count == 1 and released.count == 1


def test_scopes_of_nested_rows_are_those_used(door_of: Callable[..., Door]) -> None:
    door = door_of(NUMBERS)
    _, record = door.call(a_call_with_legs(door), only=frozenset({"status", "legs"}))
    assert set(record) == {"status", "legs"}
    assert one_entry(type="disclosure").entry.members["scopes"] == ["call_log.numbers:read", "call_log:read"]


@pytest.mark.parametrize(
    ("only", "members"),
    [(frozenset({"id"}), {"id"}), (frozenset({"legs"}), {"legs"}), (frozenset({"id", "legs"}), {"id", "legs"})],
)
def test_legs_of_a_call_are_named_like_a_field(door: Door, only: frozenset[str], members: set[str]) -> None:
    _, record = door.call(a_call_with_legs(door), only=only)
    assert set(record) == members


def test_a_callers_reference_is_the_same_for_one_app_and_another_for_every_other(door: Door) -> None:
    mine = [record["caller_ref"] for record in door.list(limit=20)[1]]
    assert mine == [record["caller_ref"] for record in door.list(limit=20)[1]]
    rows = door.page(limit=20).rows
    elsewhere = world.make(name="Third Traders").context(door.grant)
    theirs = [record["caller_ref"] for record in encode(elsewhere, rows)]
    assert len(set(mine)) == len({key.subject_id for key in rows.keys})
    assert not set(filter(None, mine)) & set(filter(None, theirs))


def test_only_the_fields_that_were_asked_for_are_read_and_entered(door: Door) -> None:
    _, records = door.list(only=frozenset({"id", "status"}))
    assert all(set(record) == {"id", "status"} for record in records)
    assert one_entry(type="disclosure").entry.members["fields"] == ["id", "status"]


def test_a_scope_for_another_resource_opens_nothing_here(door_of: Callable[..., Door]) -> None:
    door = door_of(REQUIRED)
    with pytest.raises(NotGranted, match="contact needs contacts:read"):
        reads.directory(door.context(), "contact", Paging(5))
