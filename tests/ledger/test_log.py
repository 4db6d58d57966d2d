"""The public log over HTTP, as C2SP tlog-tiles asks for it."""

from __future__ import annotations

from types import ModuleType

import pytest
from flask.testing import FlaskClient

from connect.core import settings
from connect.ledger import keys, note, promise, sealer, tiles, tree
from tests.ledger.support import write_many

NOT_SERVED = [
    "0/000.p/4", "0/002.p/93", "0/002", "0/003", "1/000", "1/000.p/3", "2/000.p/1", "63/000.p/1", "0/x999/x999/x999/999",
    "entries/002.p/93", "0/0", "0/000.p/0", "x/000", "0/000/", "0//000",
]  # fmt: skip


@pytest.fixture
def published(client: FlaskClient, database: ModuleType) -> str:
    """The checkpoint of a log that was published at 3 and at 600 leaves, with 5 more that are sealed only."""
    write_many(database, 3)
    sealer.seal_once(publish=True)
    write_many(database, 597)
    sealer.seal_once(publish=True)
    write_many(database, 5)
    sealer.seal_once()
    return client.get("/ledger/checkpoint").text


def test_the_checkpoint_is_signed_and_not_kept_in_caches(client: FlaskClient, published: str) -> None:
    answer = client.get("/ledger/checkpoint")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=2"
    assert answer.last_modified is not None
    assert note.open_checkpoint(answer.text, keys.verifier_key(keys.origin())).size == 600


def test_every_tile_of_the_published_tree_is_served_and_gives_its_root(client: FlaskClient, published: str) -> None:
    head = note.parse_checkpoint(published)
    kept = {}
    for level, number, width in tiles.layout(head.size):
        answer = client.get(f"/ledger/{tiles.path(level, number, width)}")
        assert answer.status_code == 200, (level, number, width)
        assert answer.content_type == "application/octet-stream"
        assert "immutable" in answer.headers["Cache-Control"]
        kept[level, number] = answer.data
    assert tree.tree_root(head.size, tiles.node_reader(lambda level, number: kept[level, number])) == head.root
    entries = [entry for number in range(3) for entry in tiles.unpack_entries(kept[tiles.ENTRIES, number])]
    assert tree.root(tree.leaf_hashes(entries)) == head.root


def test_a_partial_tile_of_an_older_published_size_is_served_still(client: FlaskClient, published: str) -> None:
    whole = client.get("/ledger/tile/0/000").data
    assert client.get("/ledger/tile/0/000.p/3").data == whole[:96]
    assert len(tiles.unpack_entries(client.get("/ledger/tile/entries/000.p/3").data)) == 3


def test_what_no_published_checkpoint_needs_is_not_served(client: FlaskClient, published: str) -> None:
    for path in NOT_SERVED:
        answer = client.get(f"/ledger/tile/{path}")
        assert answer.status_code == 404, path
        assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_keys_and_policy_name_the_log_and_its_address(client: FlaskClient, published: str) -> None:
    vkey, promises = client.get("/ledger/keys").text.splitlines()
    assert vkey == keys.verifier_key("connect.test/ledger/1")
    assert promises == promise.verifier_key("connect.test/ledger/1")
    assert client.get("/ledger/policy").text == f"log {vkey} {settings.current().base_url}/ledger\nquorum none\n"


def test_before_the_first_checkpoint_the_log_says_so(client: FlaskClient) -> None:
    answer = client.get("/ledger/checkpoint")
    assert answer.status_code == 404
    assert "No checkpoint was published yet" in answer.get_json()["detail"]
