"""Evidence bundles: a zip that shows entries to somebody who trusts neither us nor our software, and needs no network to check it.

Kinds: an `extract` has chosen entries, each with a proof in one checkpoint; a `log` has every leaf and tile, and every body that is
left; a `tree` has leaves and tiles alone. What lies in them and how it is checked say bundle_readme.md and verify.py, which go along.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection

from connect.core import clock, database, ids, log
from connect.ledger import queries, sealer, store
from connect.ledger.archive import Archive
from connect.ledger.evidence import Evidence, Placed
from connect.ledger.queries import Filters
from connect.ledger.store import Published

FORMAT = "vtc-bundle/1"
KINDS = ("extract", "log", "tree")

logger = log.get("ledger")


class NothingPublished(Exception):
    """There is no checkpoint yet that a bundle could be made to."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which entries an extract shows: those that fit `filters`, or exactly `entry_ids`."""

    filters: Filters = field(default_factory=Filters)
    entry_ids: Collection[UUID] | None = None

    def asked(self) -> dict[str, Any]:
        """The selection as the manifest says it."""
        if self.entry_ids is not None:
            return {"entries": [ids.encode("entry", each) for each in self.entry_ids]}
        return self.filters.said()

    def place(self, connection: Connection, size: int) -> tuple[list[Placed], int]:
        """The leaves of the entries among the first `size`, and how many further entries are not there yet."""
        if self.entry_ids is None:
            chosen = queries.sealed(connection, self.filters, size)
            return chosen, queries.total(connection, self.filters) - len(chosen)
        leaves = queries.leaves_of(connection, self.entry_ids)
        chosen = sorted((leaf, entry_id) for entry_id, leaf in leaves.items() if leaf < size)
        return chosen, len(self.entry_ids) - len(chosen)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was written: `count` entries under a checkpoint of `size` leaves; `waiting` ones fit and are not under it yet.

    `data` is the zip where it was made in memory.
    """

    kind: str
    count: int
    waiting: int
    size: int
    root: bytes
    data: bytes = b""


def extract(filters: Filters, old_sizes: Iterable[int] = ()) -> Bundle:
    """The entries that fit, in memory. `old_sizes` are checkpoints to prove growth from, beside the published ones."""
    return _in_memory(Selection(filters), old_sizes)


def extract_of(entry_ids: Collection[UUID]) -> Bundle:
    """Those entries, in memory."""
    return _in_memory(Selection(entry_ids=entry_ids))


def write(file: BinaryIO, kind: str, selection: Selection = Selection(), old_sizes: Iterable[int] = ()) -> Bundle:
    """Write a bundle of `kind` to `file`. Seals and publishes first, so that it reaches to this moment.

    Raises NothingPublished, and Damaged when tiles that it needs are lost.
    """
    _settle()
    with database.read() as connection, Archive(file) as archive:
        newest = store.newest_published(connection)
        if newest is None:
            raise NothingPublished("no checkpoint was published yet")
        evidence = Evidence(connection, archive, newest)
        waiting = 0
        if kind == "extract":
            chosen, waiting = selection.place(connection, newest.size)
            evidence.extract(chosen, {*old_sizes, *store.published_sizes(connection, 1, newest.size)})
        else:
            evidence.log(bodies=kind == "log")
        made = Bundle(kind, evidence.count, waiting, newest.size, newest.root)
        evidence.head(_manifest(made, selection, newest))
    return made


def _in_memory(selection: Selection, old_sizes: Iterable[int] = ()) -> Bundle:
    with io.BytesIO() as file:
        made = write(file, "extract", selection, old_sizes)
        return replace(made, data=file.getvalue())


def _settle() -> None:
    """Bring the checkpoint up to now. A sealer that refuses leaves the bundle at the last one: that is what an auditor must see."""
    try:
        sealer.seal_once(publish=True)
    except (sealer.Refused, store.Damaged) as error:
        logger.error("bundle made to the last checkpoint", reason=str(error))


def _manifest(made: Bundle, selection: Selection, newest: Published) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "kind": made.kind,
        "origin": newest.note.partition("\n")[0],
        "size": made.size,
        "root": made.root.hex(),
        "entries": made.count,
        "waiting": made.waiting,
        "asked": selection.asked(),
        "made_at": clock.text(clock.now()),
    }
