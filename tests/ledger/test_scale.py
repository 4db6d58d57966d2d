"""A million leaves: what a full check costs an auditor. Run by `make prove`."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connect.ledger import note, tiles
from connect.ledger.archive import Archive
from tests.ledger.bundles import examine

SIZE = 1_000_000
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
ORIGIN = "connect.example/ledger/1"


@pytest.mark.prove
def test_a_million_leaves_are_hashed_and_checked_in_three_seconds(tmp_path: Path) -> None:
    bundle = tmp_path / "million.zip"
    with bundle.open("wb") as file, Archive(file) as archive:
        _write(archive)
    started = time.process_time()
    assert examine(bundle, "--key", note.verifier_key(ORIGIN, KEY.public_key())) == 0
    assert time.process_time() - started < 3


def _write(archive: Archive) -> None:
    kept: dict[tuple[int, int], bytes] = {}
    size, root = 0, b""
    while size < SIZE:
        batch = [
            b"\x01" + hashlib.sha256(index.to_bytes(8, "big")).digest()
            for index in range(size, min(size + 65_536, SIZE))
        ]
        growth = tiles.grow(size, {key: kept[key] for key in tiles.edge(size)}, batch)
        kept |= {(tile.level, tile.number): tile.data for tile in growth.tiles}
        size, root = growth.size, growth.root
    for level, number, width in tiles.layout(SIZE):
        archive.add(tiles.path(level, number, width), tiles.cut(kept[level, number], level, width), compress=False)
    archive.add("checkpoint", note.sign(note.Checkpoint(ORIGIN, SIZE, root).text(), ORIGIN, KEY).encode())
    archive.rows("entries.jsonl", [])
    archive.rows("lines.jsonl", [])
    archive.rows("manifest.json", [{"format": "vtc-bundle/1", "kind": "tree"}])
