"""Searching and looking up: every filter, paging, records not indexed yet, and what is known of one entry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from connect.core import clock, ids
from connect.ledger import entries, index, keys, models, queries, sealer, services, verify
from connect.ledger.lines import RecordLine
from connect.ledger.queries import Filters
from tests.ledger.support import draft, write, write_many
from tests.support.clock import Clock

ACCOUNT, OTHER, APP, GRANT, PERSON = (UUID(int=n) for n in range(1, 6))


def found(database: ModuleType, **filters: Any) -> list[UUID]:
    with database.read() as connection:
        return [entry.id for entry in queries.search(connection, Filters(**filters))]


@pytest.mark.parametrize(
    "filters",
    [
        {"account_id": ACCOUNT},
        {"app_id": APP},
        {"grant_id": GRANT},
        {"person_id": PERSON},
        {"token_ref": "tok_1"},
        {"type": "disclosure"},
        {"channel": "webhook"},
        {"resource": "recording"},
        {"request_id": "req_1"},
        {"status": 206},
        {"record": "rec_1"},
        {"subject": "5a" * 32},
        {"field": "media"},
        {"scope": "recordings.audio:read"},
        {"address_digest": "77" * 32},
    ],
    ids=lambda filters: next(iter(filters)),
)
@pytest.mark.parametrize("state", ["waiting", "sealed", "indexed"])
def test_each_filter_finds_the_entry_it_describes_and_no_other(
    database: ModuleType, filters: dict[str, Any], state: str
) -> None:
    wanted = write(
        database,
        draft(
            ACCOUNT,
            app_id=APP,
            grant_id=GRANT,
            person_id=PERSON,
            token_ref="tok_1",
            channel="webhook",
            resource="recording",
            request_id="req_1",
            status=206,
            lines=[RecordLine("rec_0"), RecordLine("rec_1", subject="5a" * 32)],
            fields=["id", "media"],
            scopes=["recordings.audio:read"],
            address_digest="77" * 32,
        ),
    )
    with database.unit_of_work() as session:
        other = entries.token(app_id=OTHER, event="issued", token_ref="tok_2", kind="access")
        assert services.append(session, other)
    if state != "waiting":
        sealer.seal_once()
    if state == "indexed":
        assert index.index_once() == 2
    assert found(database, **filters) == [wanted.id]


def test_filters_narrow_together(database: ModuleType) -> None:
    write(database, draft(ACCOUNT, app_id=APP))
    both = write(database, draft(ACCOUNT, app_id=OTHER))
    assert found(database, account_id=ACCOUNT, app_id=OTHER) == [both.id]
    assert found(database, account_id=OTHER, app_id=OTHER) == []


def test_a_window_of_time_includes_its_start_and_not_its_end(database: ModuleType, clock: Clock) -> None:
    before = write(database)
    start = clock.move(hours=1)
    inside = write(database)
    end = clock.move(hours=1)
    after = write(database)
    assert found(database, since=start, until=end) == [inside.id]
    assert found(database, until=start) == [before.id]
    assert found(database, since=end) == [after.id]
    assert found(database, since=end + timedelta(days=1)) == []


def test_pages_follow_each_other_without_gap_or_repeat(database: ModuleType) -> None:
    written = [entry.id for entry in write_many(database, 25)]
    seen: list[UUID] = []
    with database.read() as connection:
        while page := queries.search(connection, Filters(), before=seen[-1] if seen else None, limit=10):
            seen += [entry.id for entry in page]
        assert [entry.id for entry in queries.each(connection, Filters())] == seen
    assert seen == sorted(written, reverse=True)


def test_a_search_costs_the_same_number_of_queries_however_much_it_finds(
    database: ModuleType, count_queries: Any
) -> None:
    write_many(database, 30)
    sealer.seal_once()
    counts = []
    with database.read() as connection:
        for limit in (1, 30):
            with count_queries() as counted:
                queries.search(connection, Filters(type="disclosure"), limit=limit)
            counts.append(len(counted))
    assert counts[0] == counts[1]


def test_a_located_entry_brings_lines_leaf_and_a_proof_that_holds(database: ModuleType) -> None:
    write_many(database, 20)
    wanted = write(database, draft(ACCOUNT, lines=[RecordLine("call_1")]))
    write_many(database, 20)
    sealer.seal_once(publish=True)
    with database.read() as connection:
        located = queries.locate(connection, wanted.id)
    assert located is not None and located.proof is not None
    assert located.fault is None
    assert located.lines == (RecordLine("call_1")._asdict(),)
    assert located.entry.members["account"] == ids.encode("acc", ACCOUNT)
    assert located.commitment == wanted.commitment
    head = checkpoint_of(located.proof.checkpoint)
    assert verify.includes(head, located.leaf_index or 0, wanted.commitment, list(located.proof.hashes))


def checkpoint_of(note: str) -> verify.Checkpoint:
    key = keys.verifier_key(note.partition("\n")[0])
    return verify.open_checkpoint(note, verify.parse_keys([key]))


def test_an_entry_that_waits_is_located_without_leaf_and_proof(database: ModuleType) -> None:
    waiting = write(database)
    with database.read() as connection:
        located = queries.locate(connection, waiting.id)
    assert located is not None
    assert (located.leaf_index, located.proof, located.fault) == (None, None, None)


def test_an_entry_that_was_changed_is_located_with_its_fault(database: ModuleType) -> None:
    changed = write(database)
    sealer.seal_once(publish=True)
    with database.unit_of_work() as session:
        session.execute(update(models.entry).values(body=b"{broken"))
    with database.read() as connection:
        located = queries.locate(connection, changed.id)
        assert queries.search(connection, Filters())[0].members == {}
    assert located is not None and located.fault == "the body is not the one that was committed to"


def test_nothing_is_located_under_an_unknown_id(database: ModuleType) -> None:
    with database.read() as connection:
        assert queries.locate(connection, ids.new()) is None


def test_the_index_goes_on_where_it_stopped_and_survives_damaged_lines(database: ModuleType) -> None:
    written = write_many(database, 60)
    sealer.seal_once()
    with database.unit_of_work() as session:
        session.execute(update(models.lines).where(models.lines.c.entry_id == written[5].id).values(data=b"damaged"))
    assert [index.index_once() for _ in range(3)] == [50, 10, 0]
    assert found(database, record="call_59") == [written[59].id, written[58].id]
    assert found(database, record="call_5") == [written[4].id]


def test_a_time_is_kept_to_the_microsecond(database: ModuleType) -> None:
    at = clock.now().replace(microsecond=123_456) - timedelta(hours=1)
    write(database, replace(draft(), at=at))
    with database.read() as connection:
        entry = queries.search(connection, Filters())[0]
    assert entry.at == at
    assert entry.members["at"].endswith(".123456Z")
