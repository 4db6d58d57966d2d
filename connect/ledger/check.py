"""The self-check: the whole stored log against itself, naming each entry that does not hold.

Every body is held against its commitment, every column against its body, every line against the root in its body, every tile against
the entries below it, every published checkpoint against the tree; and nothing may stand outside the tree and the queue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, select

from connect.core import ids
from connect.ledger import canonical, keys, models, note, published, store, tiles
from connect.ledger.models import LOG
from connect.ledger.note import NoteError
from connect.ledger.rebuilt import RebuiltTree
from connect.ledger.rows import COLUMNS, Entry, fault
from connect.ledger.store import Head

Progress = Callable[[int, int], None]

MISSING = "missing: its leaf has no body, and no entry says that it was erased"
NOT_QUEUED = "outside the log: it has no leaf and does not wait for one"
LOST_BEFORE_SEALING = "deleted before it was sealed: it waits for a leaf and has no body"


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold, and where: `entry` is the id in text form, `leaf` its place in the tree, where they are known."""

    what: str
    entry: str | None = None
    leaf: int | None = None


@dataclass
class CheckReport:
    """How much was checked, and what was found. `erased` leaves are covered by an erasure or retention entry."""

    size: int = 0
    entries: int = 0
    waiting: int = 0
    erased: int = 0
    lines: int = 0
    tiles: int = 0
    checkpoints: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings

    def add(self, what: str, entry_id: UUID | None = None, leaf: int | None = None) -> None:
        self.findings.append(Finding(what, None if entry_id is None else ids.encode("entry", entry_id), leaf))


def check(connection: Connection, progress: Progress = lambda _done, _all: None) -> CheckReport:
    """Check all that is sealed or waits to be. `progress(leaves done, leaves in all)` is called now and then."""
    report = CheckReport()
    head = store.head(connection)
    if head is not None:
        report.size = head.size
        signed = _check_signatures(connection, head, report)
        _Walk(connection, head, signed, report).run(progress)
    _check_queue(connection, report)
    return report


def _check_signatures(connection: Connection, head: Head, report: CheckReport) -> list[tuple[int, bytes, str]]:
    """(size, root, name) of all that was signed with the log's key, by size; findings for what was not."""
    vkey, outside, column = keys.verifier_key(head.origin), published.read(), models.checkpoint.c
    kept = connection.execute(select(column.size, column.note).where(column.log_id == LOG))
    notes = [("the head", head.note), *((f"checkpoint {size}", text) for size, text in kept)]
    notes += [("the published copy", outside)] if outside is not None else []
    report.checkpoints = len(notes)
    signed = []
    for name, text in notes:
        try:
            found = note.open_checkpoint(text, vkey)
        except NoteError as error:
            report.add(f"{name}: {error}")
            continue
        if found.size > head.size:
            report.add(
                f"{name} speaks of {found.size} leaves and the log has {head.size}: the database is an older copy"
            )
        else:
            signed.append((found.size, found.root, name))
    return sorted([*signed, (head.size, head.root, "ledger_state")])


class _Walk:
    """One pass over the leaves, a bundle at a time."""

    def __init__(
        self, connection: Connection, head: Head, signed: list[tuple[int, bytes, str]], report: CheckReport
    ) -> None:
        self._connection, self._size, self._report = connection, head.size, report
        self._tree = RebuiltTree(lambda level, number: store.tile(connection, level, number), signed, report.add)
        self._gone: list[tuple[int, int]] = []
        self._absent: list[tuple[int, UUID | None]] = []

    def run(self, progress: Progress) -> None:
        for start in range(0, self._size, tiles.WIDTH):
            width = min(tiles.WIDTH, self._size - start)
            commitments = self._commitments(start // tiles.WIDTH, width)
            self._check_leaves(start, width, commitments)
            self._tree.add(commitments)
            progress(start + width, self._size)
        self._tree.finish()
        self._report.tiles = self._tree.compared
        for leaf, entry_id in self._absent:
            if any(first <= leaf <= last for first, last in self._gone):
                self._report.erased += 1
            else:
                self._report.add(MISSING, entry_id, leaf)

    def _commitments(self, number: int, width: int) -> list[bytes]:
        """The entries of a bundle; where they are lost, empty ones, which no body opens."""
        try:
            found = tiles.unpack_entries(store.tile(self._connection, tiles.ENTRIES, number) or b"")[:width]
        except ValueError:
            found = []
        if len(found) < width:
            self._report.add(f"{tiles.path(tiles.ENTRIES, number)} is missing or damaged")
        return found + [b""] * (width - len(found))

    def _check_leaves(self, start: int, width: int, commitments: list[bytes]) -> None:
        rows = self._connection.execute(_LEAVES, {"start": start, "end": start + width})
        found = {row.leaf_index: row for row in rows}
        for leaf, commitment in enumerate(commitments, start):
            row = found.get(leaf)
            if row is None or row.body is None:
                self._absent.append((leaf, None if row is None else row.entry_id))
            elif said := _check_entry(row, commitment, self._report, leaf):
                self._report.entries += 1
                if said["type"] in {"erasure", "retention"}:
                    self._gone += [(first, min(last, leaf - 1)) for first, last in said["leaves"]]


def _check_queue(connection: Connection, report: CheckReport) -> None:
    """What waits for a leaf, and what does neither wait nor have one."""
    for row in connection.execute(_WAITING):
        if row.body is None:
            report.add(LOST_BEFORE_SEALING, row.entry_id)
        elif _check_entry(row, row.commitment, report, None):
            report.waiting += 1
    for entry_id in connection.scalars(_OUTSIDE):
        report.add(NOT_QUEUED, entry_id)


def _check_entry(
    row: Row[*tuple[Any, ...]], commitment: bytes, report: CheckReport, leaf: int | None
) -> dict[str, Any] | None:
    """The body of an entry that holds, or None and a finding."""
    entry = Entry(*(getattr(row, column.name) for column in COLUMNS))
    wrong = fault(entry, row.data, commitment)
    if wrong is not None:
        report.add(wrong, row.entry_id, leaf)
        return None
    said: dict[str, Any] = canonical.decode(entry.body)
    report.lines += said["lines"]["count"] if said["lines"] else 0
    return said


_E, _LEAF, _PENDING, _LINES = models.entry.c, models.leaf.c, models.pending.c, models.lines.c
_LEAVES = (
    select(_LEAF.leaf_index, _LEAF.entry_id, *COLUMNS, _LINES.data)
    .select_from(models.leaf)
    .outerjoin(models.entry, (_E.log_id == LOG) & (_E.id == _LEAF.entry_id))
    .outerjoin(models.lines, (_LINES.log_id == LOG) & (_LINES.entry_id == _LEAF.entry_id))
    .where(_LEAF.log_id == LOG, _LEAF.leaf_index >= bindparam("start"), _LEAF.leaf_index < bindparam("end"))
)
_WAITING = (
    select(_PENDING.entry_id, _PENDING.commitment, *COLUMNS, _LINES.data)
    .select_from(models.pending)
    .outerjoin(models.entry, (_E.log_id == LOG) & (_E.id == _PENDING.entry_id))
    .outerjoin(models.lines, (_LINES.log_id == LOG) & (_LINES.entry_id == _PENDING.entry_id))
    .where(_PENDING.log_id == LOG)
)
_OUTSIDE = (
    select(_E.id)
    .select_from(models.entry)
    .outerjoin(models.leaf, (_LEAF.log_id == LOG) & (_LEAF.entry_id == _E.id))
    .outerjoin(models.pending, (_PENDING.log_id == LOG) & (_PENDING.entry_id == _E.id))
    .where(_E.log_id == LOG, _LEAF.entry_id.is_(None), _PENDING.entry_id.is_(None))
)
