"""Sealing: every entry gets one leaf, whatever happens; and a database that is not what was published is refused."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from connect.core import ids, settings
from connect.ledger import keys, models, note, published, queries, sealer, services, store, tiles, tree, upkeep
from connect.ledger.commitment import commit
from connect.ledger.queries import Filters
from connect.ledger.rows import Entry
from connect.ledger.sealer import Refused, Sealer
from tests.ledger.support import count, draft, write, write_many
from tests.support.clock import Clock
from tests.support.databases import postgres_only, sqlite_only


def change_settings(**values: Any) -> None:
    settings.activate(replace(settings.current(), **values))


def key_entries(database: ModuleType) -> tuple[Entry, ...]:
    with database.read() as connection:
        return queries.search(connection, Filters(type="key"))


def leaves(database: ModuleType) -> list[UUID]:
    with database.read() as connection:
        return list(connection.scalars(select(models.leaf.c.entry_id).order_by(models.leaf.c.leaf_index)))


def test_each_entry_gets_one_leaf_and_the_signed_root_covers_them_all(database: ModuleType) -> None:
    written = write_many(database, 300)
    report = sealer.seal_once()
    assert (report.sealed, report.size, report.published) == (300, 300, 300)
    with database.read() as connection:
        assert count(connection, models.pending) == 0
        head = store.head(connection)
        entries = {row.id: row for row in connection.execute(select(models.entry))}
    assert head is not None
    order = leaves(database)
    assert sorted(order) == sorted(entry.id for entry in written)
    commitments = [commit(entries[entry_id].nonce, entries[entry_id].body) for entry_id in order]
    signed = note.open_checkpoint(head.note, keys.verifier_key(head.origin))
    assert (signed.size, signed.root) == (300, tree.root([tree.leaf_hash(item) for item in commitments]))
    with database.read() as connection:
        assert tiles.unpack_entries(store.tile(connection, tiles.ENTRIES, 0) or b"") == commitments[:256]


def test_a_log_that_grew_in_batches_continues_each_of_its_checkpoints(database: ModuleType) -> None:
    change_settings(seal_batch=7)
    for number in (1, 20, 300):
        write_many(database, number)
        sealer.seal_once(publish=True)
    with database.read() as connection:
        node = store.nodes(connection)
        rows = connection.execute(select(models.checkpoint.c.size, models.checkpoint.c.root)).all()
        assert [size for size, _ in sorted(rows)] == [1, 21, 321]
        assert all(tree.tree_root(size, node) == root for size, root in rows)


def test_an_entry_that_commits_late_under_an_older_id_is_sealed_too(database: ModuleType, dialect: str) -> None:
    early = ids.new()
    write(database)
    sealer.seal_once()
    with database.unit_of_work() as session, pytest.MonkeyPatch.context() as patch:
        patch.setattr(services.ids, "new", lambda: early)
        services.append(session, draft())
    assert sealer.seal_once().sealed == 1
    assert leaves(database)[1] == early


def test_nothing_waiting_leaves_the_head_as_it_was(database: ModuleType) -> None:
    assert sealer.seal_once() == sealer.SealReport(sealed=0, size=0, published=0)
    write(database)
    sealer.seal_once()
    before = published.read()
    assert sealer.seal_once().sealed == 0
    assert published.read() == before


def test_a_checkpoint_is_published_when_it_is_due_and_not_with_every_batch(database: ModuleType, clock: Clock) -> None:
    write(database)
    assert sealer.seal_once().published == 1
    write(database)
    assert sealer.seal_once().published == 1
    clock.move(seconds=11)
    assert sealer.seal_once().published == 2
    with database.read() as connection:
        first = store.newest_published(connection)
    clock.move(seconds=599)
    sealer.seal_once()
    with database.read() as connection:
        assert store.newest_published(connection) == first
    clock.move(seconds=2)
    sealer.seal_once()
    with database.read() as connection:
        renewed = store.newest_published(connection)
    assert first is not None and renewed is not None and renewed.published_at > first.published_at


def test_the_origin_of_the_first_start_is_kept(database: ModuleType) -> None:
    sealer.seal_once()
    change_settings(base_url="https://moved.example")
    write(database)
    sealer.seal_once(publish=True)
    with database.read() as connection:
        head = store.head(connection)
    assert head is not None and head.origin == "connect.test/ledger/1"
    change_settings(ledger_origin="other.example/log")
    with pytest.raises(Refused, match="for ever"):
        sealer.seal_once()


@sqlite_only
def test_a_restored_older_copy_is_refused_and_changes_nothing(database: ModuleType, tmp_path: Path) -> None:
    write(database)
    sealer.seal_once(publish=True)
    database.active().engine.dispose()
    live = Path(database.active().engine.url.database)
    shutil.copyfile(live, tmp_path / live.name)
    write(database)
    sealer.seal_once(publish=True)
    database.active().engine.dispose()
    for file in live.parent.glob(f"{live.name}*"):
        file.unlink()
    shutil.copyfile(tmp_path / live.name, live)
    write(database)
    with pytest.raises(Refused, match=r"2 leaves were published .* the database has 1: it is an older copy"):
        sealer.seal_once()
    with database.read() as connection:
        assert count(connection, models.pending) == 1


def test_a_log_cut_back_to_an_earlier_checkpoint_is_refused(database: ModuleType) -> None:
    write(database)
    sealer.seal_once(publish=True)
    with database.read() as connection:
        old = store.head(connection)
    assert old is not None
    for _ in range(3):
        write(database)
    sealer.seal_once(publish=True)
    with database.unit_of_work() as session:
        session.execute(delete(models.leaf).where(models.leaf.c.leaf_index > 0))
        session.execute(update(models.state).values(size=1, root=old.root, note=old.note))
        session.execute(delete(models.checkpoint).where(models.checkpoint.c.size > 1))
    write(database)
    with pytest.raises(Refused, match="older copy"):
        sealer.seal_once()


def test_a_forked_log_of_the_same_size_is_refused(database: ModuleType) -> None:
    for _ in range(2):
        write(database)
    sealer.seal_once(publish=True)
    with database.unit_of_work() as session:
        forged = tiles.grow(0, {}, [commit(b"n" * 32, b"other"), commit(b"m" * 32, b"past")])
        session.execute(delete(models.tile))
        sealer._upsert_tiles(session.connection(), forged.tiles)
        signed = note.Checkpoint(keys.origin(), 2, forged.root)
        sealer._move_head(session.connection(), 2, forged.root, sealer._sign(session, signed))
    write(database)
    with pytest.raises(Refused, match="forked"):
        sealer.seal_once()


@pytest.mark.parametrize("level", [0, tiles.ENTRIES])
def test_a_changed_tile_at_the_edge_or_a_lost_one_is_refused(database: ModuleType, level: int) -> None:
    write(database)
    sealer.seal_once()
    with database.unit_of_work() as session:
        session.execute(delete(models.tile).where(models.tile.c.level == level))
    write(database)
    with pytest.raises(Refused, match="is missing"):
        sealer.seal_once()


def test_a_commitment_of_another_length_never_comes_into_the_tree(database: ModuleType) -> None:
    waiting = write(database)
    with database.unit_of_work() as session:
        session.execute(update(models.pending).values(commitment=b"short"))
    with pytest.raises(Refused, match=ids.encode("entry", waiting.id)):
        sealer.seal_once()


def test_a_head_signed_by_another_key_is_refused(database: ModuleType) -> None:
    write(database)
    sealer.seal_once()
    with database.unit_of_work() as session:
        session.execute(update(models.state).values(note=models.state.c.note + "x"))
    with pytest.raises(Refused, match="does not hold"):
        sealer.seal_once()


def test_what_was_changed_behind_a_running_sealers_back_is_noticed(database: ModuleType) -> None:
    running = Sealer()
    write(database)
    running.seal()
    running.publish()
    write(database)
    published.write(published.read().replace("\n1\n", "\n9\n"))  # type: ignore[union-attr]
    with pytest.raises(Refused):
        running.seal()


@postgres_only
def test_two_sealers_beside_writers_give_every_entry_exactly_one_leaf(database: ModuleType) -> None:
    change_settings(seal_batch=16)
    stop = threading.Event()
    with ThreadPoolExecutor(8) as pool:
        sealers = [pool.submit(sealer.run, stop) for _ in range(2)]
        written = [pool.submit(lambda: [write(database).id for _ in range(60)]) for _ in range(5)]
        acknowledged = [entry_id for batch in written for entry_id in batch.result()]
        stop.set()
        for running in sealers:
            running.result()
    sealer.seal_once()
    [key] = key_entries(database)
    assert sorted(leaves(database)) == sorted([*acknowledged, key.id])
    with database.read() as connection:
        assert list(connection.scalars(select(models.leaf.c.leaf_index).order_by(models.leaf.c.leaf_index))) == list(
            range(301)
        )


def test_the_sealers_loop_seals_publishes_and_ends_when_told(database: ModuleType) -> None:
    write(database)
    stop = threading.Event()
    thread = threading.Thread(target=sealer.run, args=[stop])
    thread.start()
    for _ in range(200):
        if "\n2\n" in (published.read() or ""):  # the entry, and the one that names the key
            break
        stop.wait(0.02)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert len(leaves(database)) == 2


def test_the_first_start_writes_down_which_key_signs_and_later_ones_do_not(database: ModuleType) -> None:
    for _ in range(2):
        Sealer().name_key()
    [key] = key_entries(database)
    assert key.members["vkey"] == keys.verifier_key(keys.origin())
    assert (key.members["event"], key.members["purpose"], key.members["actor"]) == ("signs", "ledger", "system")
    sealer.seal_once()
    assert leaves(database) == [key.id]


@pytest.mark.parametrize("born", [False, True])
def test_of_many_starts_at_once_one_writes_down_the_key(database: ModuleType, born: bool) -> None:
    if born:
        sealer.seal_once()
    together = threading.Barrier(4)

    def start(_number: int) -> None:
        together.wait()
        Sealer().name_key()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, range(4)))
    assert len(key_entries(database)) == 1


def test_another_key_is_another_entry(database: ModuleType) -> None:
    Sealer().name_key()
    with database.unit_of_work() as session:
        services.append(session, upkeep.key(event="retired", purpose="ledger", vkey="x+0+AQ==", actor="system"))
    Sealer().name_key()
    assert len(key_entries(database)) == 2


def test_a_database_that_is_not_what_was_published_gets_no_entry_about_its_key(database: ModuleType) -> None:
    write(database)
    sealer.seal_once(publish=True)
    published.write((published.read() or "").replace("\n1\n", "\n9\n"))
    with pytest.raises(Refused):
        Sealer().name_key()
    assert key_entries(database) == ()
