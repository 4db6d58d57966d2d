"""The promise in an answer's header: it binds the entry before the tree does."""

from __future__ import annotations

import base64
from types import ModuleType

from sqlalchemy import delete, select

from connect.core import ids
from connect.core.keyring import SigningKey
from connect.ledger import keys, models, note, promise, sealer, store, tiles
from tests.ledger.support import write


def test_a_promise_names_the_commitment_that_comes_to_stand_in_the_tree(database: ModuleType) -> None:
    made = write(database)
    entry, commitment, _ = promise.header(made).split("; ")
    sealer.seal_once()
    with database.read() as connection:
        bundled = tiles.unpack_entries(store.tile(connection, tiles.ENTRIES, 0) or b"")
    assert entry == ids.encode("entry", made.id)
    assert [base64.b64decode(commitment)] == bundled


def test_a_promise_convicts_whoever_deletes_an_entry_before_it_is_sealed(database: ModuleType) -> None:
    kept = promise.header(write(database))
    with database.unit_of_work() as session:
        session.execute(delete(models.entry))
        session.execute(delete(models.pending))
    assert sealer.seal_once().size == 0
    name, key = note.parse_verifier_key(promise.verifier_key(keys.origin()))
    assert name == f"{keys.origin()}/promise"
    assert promise.holds(kept, key)


def test_a_promise_with_any_part_changed_does_not_hold(database: ModuleType) -> None:
    first, second = promise.header(write(database)), promise.header(write(database))
    key = note.parse_verifier_key(promise.verifier_key("log"))[1]
    for at in range(3):
        parts = first.split("; ")
        parts[at] = second.split("; ")[at]
        assert not promise.holds("; ".join(parts), key)
    assert not promise.holds("nothing", key)


def test_promises_are_not_signed_with_the_logs_own_key(database: ModuleType) -> None:
    assert promise.verifier_key("log").split("+")[2] != keys.verifier_key("log").split("+")[2]
    with database.read() as connection:
        purposes = set(connection.scalars(select(SigningKey.purpose)))
    assert purposes == {"ledger", "ledger-promise"}
