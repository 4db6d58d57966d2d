"""The parts of an evidence bundle, written to its archive."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from connect.core import ids
from connect.ledger import keys, models, store, tiles, tree
from connect.ledger import lines as record_lines
from connect.ledger.archive import Archive
from connect.ledger.models import LOG
from connect.ledger.rows import COLUMNS, Entry
from connect.ledger.store import Published

Placed = tuple[int, UUID]  # a leaf index and the entry that stands there
_CHUNK = tiles.WIDTH
_HERE = Path(__file__).parent


class Evidence:
    """Entries, proofs and tiles under one published checkpoint; `count` is how many entries were written."""

    def __init__(self, connection: Connection, archive: Archive, newest: Published) -> None:
        self._connection, self._archive, self._newest = connection, archive, newest
        self._read = store.reader(connection)
        self._node = tiles.node_reader(self._read)
        self.count = 0

    def extract(self, chosen: Sequence[Placed], old_sizes: set[int]) -> None:
        """Chosen entries, each with its proof, and proofs of growth from earlier sizes."""
        size, node = self._newest.size, self._node
        self._entries(lambda: (chosen[start : start + _CHUNK] for start in range(0, len(chosen), _CHUNK)))
        paths = (_hashes(leaf, tree.inclusion_proof(leaf, size, node)) for leaf, _ in chosen)
        self._archive.rows("proofs.jsonl", paths)
        older = sorted(old for old in old_sizes if 0 < old < size)
        self._archive.rows(
            "consistency.jsonl", (_hashes(old, tree.consistency_proof(old, size, node)) for old in older)
        )

    def log(self, *, bodies: bool) -> None:
        """Every tile and entry bundle of the published tree under the paths of tlog-tiles; with `bodies`, every entry."""
        self._entries(self._every_leaf if bodies else lambda: iter(()))
        for level, number, width in tiles.layout(self._newest.size):
            data = tiles.cut(self._read(level, number), level, width)
            self._archive.add(tiles.path(level, number, width), data, compress=False)

    def head(self, manifest: Mapping[str, Any]) -> None:
        """What a reader begins with: manifest, signed checkpoint, keys, policy, the verifier and how to use it."""
        vkey = keys.verifier_key(manifest["origin"])
        readme = (_HERE / "bundle_readme.md").read_text(encoding="utf-8").replace("{origin}", manifest["origin"])
        self._archive.add("checkpoint", self._newest.note.encode())
        self._archive.add("keys", f"{vkey}\n".encode())
        self._archive.add("policy", keys.policy(vkey).encode())
        self._archive.add("verify.py", (_HERE / "verify.py").read_bytes())
        self._archive.add("README.md", readme.encode())
        self._archive.rows("manifest.json", [manifest])

    def _entries(self, chunks: Callable[[], Iterator[Sequence[Placed]]]) -> None:
        """entries.jsonl and lines.jsonl: an entry whose body is gone keeps its place and its commitment."""
        self._archive.rows("entries.jsonl", (row for chunk in chunks() for row in self._entry_rows(chunk)))
        self._archive.rows("lines.jsonl", (row for chunk in chunks() for row in self._line_rows(chunk)))

    def _every_leaf(self) -> Iterator[Sequence[Placed]]:
        column = models.leaf.c
        statement = select(column.leaf_index, column.entry_id).where(column.log_id == LOG).order_by(column.leaf_index)
        for start in range(0, self._newest.size, _CHUNK):
            end = min(start + _CHUNK, self._newest.size)
            rows = self._connection.execute(statement.where(column.leaf_index >= start, column.leaf_index < end))
            yield [(row.leaf_index, row.entry_id) for row in rows]

    def _entry_rows(self, chunk: Sequence[Placed]) -> Iterator[dict[str, Any]]:
        wanted = [entry_id for _, entry_id in chunk]
        column = models.entry.c
        found = self._connection.execute(select(*COLUMNS).where(column.log_id == LOG, column.id.in_(wanted)))
        entries = {entry.id: entry for entry in (Entry(*row) for row in found)}
        commitments = self._commitments({leaf // tiles.WIDTH for leaf, _ in chunk})
        self.count += len(chunk)
        for leaf, entry_id in chunk:
            entry = entries.get(entry_id)
            yield {
                "index": leaf,
                "id": ids.encode("entry", entry_id),
                "commitment": _base64(commitments[leaf]),
                "nonce": None if entry is None else _base64(entry.nonce),
                # a body that is no longer text was changed, and opens nothing however it is written down
                "body": None if entry is None else entry.body.decode(errors="replace"),
            }

    def _line_rows(self, chunk: Sequence[Placed]) -> Iterator[dict[str, Any]]:
        column = models.lines.c
        wanted = {entry_id: leaf for leaf, entry_id in chunk}
        found = self._connection.execute(
            select(column.entry_id, column.data).where(column.log_id == LOG, column.entry_id.in_(wanted))
        )
        for leaf, data in sorted((wanted[row.entry_id], row.data) for row in found):
            yield {"index": leaf, "lines": _plain_lines(data)}

    def _commitments(self, numbers: set[int]) -> dict[int, bytes]:
        """The entries of those bundles by leaf index."""
        return {
            leaf: entry
            for number in numbers
            for leaf, entry in enumerate(tiles.unpack_entries(self._read(tiles.ENTRIES, number)), number * tiles.WIDTH)
        }


def _plain_lines(data: bytes) -> list[str]:
    try:
        return [line.decode(errors="replace") for line in record_lines.unpack(data)]
    except ValueError:
        return []


def _hashes(index: int, path: Sequence[bytes]) -> dict[str, Any]:
    return {"index": index, "hashes": [_base64(item) for item in path]}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
