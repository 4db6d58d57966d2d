"""The sealer: gives written entries their leaves, grows the tree, signs it, publishes checkpoints.

Every node may run one; a row lock on `ledger_state` lets one work at a time. What it takes is what stands in `ledger_pending`, never
"ids greater than the last": ids do not come in the order of commits. Leaves, tiles and signature are one transaction, so a sealer
that is killed leaves the log as it was. Nothing signed is given out before its transaction is known to be durable.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from connect.core import bulk, clock, database, health, ids, log, settings
from connect.ledger import index, key_entry, keys, models, note, published, store, tiles, tree
from connect.ledger.commitment import ENTRY_BYTES
from connect.ledger.models import LOG
from connect.ledger.note import Checkpoint, NoteError
from connect.ledger.store import Damaged, Head

_AFTER_REFUSAL = 30.0  # seconds until a sealer that refused looks again
_AFTER_LOSS = 1.0  # seconds until it looks for a database that went away
_WIDER_TILE = "(log_id, level, number) DO UPDATE SET width = excluded.width, data = excluded.data"

logger = log.get("ledger")


class Refused(Exception):
    """The database is not what was published: restored, forked or tampered with. Nothing was sealed, signed or published."""


@dataclass(frozen=True, slots=True)
class SealReport:
    """`sealed` entries got a leaf; the log has `size` leaves, `published` of them under a published checkpoint."""

    sealed: int
    size: int
    published: int


class Sealer:
    """Seals and publishes; remembers what it agreed with, so that a log nobody else touched is not compared again."""

    def __init__(self) -> None:
        self._agreed: tuple[str | None, str] | None = None

    def name_key(self) -> None:
        """Write down which key signs, if no entry says so yet. Raises Refused."""
        with database.unit_of_work() as session:
            key_entry.write_once(session, self._lock(session).origin)

    def seal(self) -> int:
        """Seal one batch; how many entries it had. Raises Refused."""
        with database.unit_of_work() as session:
            connection = session.connection()
            head = self._lock(session)
            taken = _take(connection, settings.current().seal_batch)
            if not taken:
                return 0
            growth = tiles.grow(head.size, store.edge(connection, head.size), [commitment for _, commitment in taken])
            _insert_leaves(connection, head.size, [entry_id for entry_id, _ in taken])
            _upsert_tiles(connection, growth.tiles)
            signed = _sign(session, Checkpoint(head.origin, growth.size, growth.root))
            _move_head(connection, growth.size, growth.root, signed)
        if self._agreed is not None:
            self._agreed = (self._agreed[0], signed)
        return len(taken)

    def publish(self, *, now: bool = False) -> int:
        """Give out the head's checkpoint when it is due, or `now`; how many leaves the published log has. Raises Refused.

        First the copy outside the database, then the row: a crash between the two is repaired by the next run.
        """
        with database.unit_of_work() as session:
            head = self._lock(session)
            last = store.newest_published(session.connection())
            if last is not None and not now and not _due(head, last):
                return last.size
            published.write(head.note)
            _upsert_checkpoint(session.connection(), head)
        self._agreed = (head.note, head.note)
        return head.size

    def _lock(self, session: Session) -> Head:
        """The head, locked against other sealers, and found to be a continuation of what was published."""
        connection = session.connection()
        head = _locked_head(connection) or _first_head(session)
        outside = published.read()
        if self._agreed != (outside, head.note):
            _agree(connection, head, outside, keys.verifier_key(head.origin, keys.signing_key(session)))
            self._agreed = (outside, head.note)
        return head


def seal_once(*, publish: bool = False) -> SealReport:
    """Seal everything that waits, publish when due (or always). Raises Refused."""
    sealer = Sealer()
    sealed = 0
    while batch := sealer.seal():
        sealed += batch
    published_size = sealer.publish(now=publish)
    with database.read() as connection:
        head = store.head(connection)
    return SealReport(sealed, head.size if head else 0, published_size)


def run(stop: threading.Event) -> None:
    """Seal, publish and index until `stop` is set; for the sealer's thread or process. At first it writes down which key signs."""
    sealer, named = Sealer(), False
    pause = 0.0
    while not stop.wait(pause):
        health.beat("sealer")
        try:
            if not named:
                sealer.name_key()
                named = True
            sealed = sealer.seal()
            sealer.publish()
            indexed = index.index_once()
        except (Refused, Damaged) as error:
            logger.error("the sealer refuses to work", reason=str(error))
            pause = _AFTER_REFUSAL
            continue
        except DBAPIError as error:
            logger.error("the sealer waits for the database", error=type(error).__name__)
            pause = _AFTER_LOSS
            continue
        pause = _pause(sealed, indexed)


def _pause(sealed: int, indexed: int) -> float:
    """Seconds to wait: none while entries queue up, or while the index is behind and nobody writes."""
    config = settings.current()
    behind = sealed == config.seal_batch or (not sealed and indexed == config.index_batch)
    return 0.0 if behind else config.seal_interval.total_seconds()


def _locked_head(connection: Connection) -> Head | None:
    statement = store.HEAD.with_for_update() if connection.dialect.name == "postgresql" else store.HEAD
    row = connection.execute(statement).first()
    return None if row is None else Head(*row)


def _first_head(session: Session) -> Head:
    """The head of an empty log. Two sealers that start at once agree on one."""
    name = keys.origin()
    row = {
        "log_id": LOG,
        "origin": name,
        "size": 0,
        "root": tree.EMPTY_ROOT,
        "note": _sign(session, Checkpoint(name, 0, tree.EMPTY_ROOT)),
        "sealed_at": clock.now(),
        "indexed": 0,
    }
    connection = session.connection()
    connection.execute(database.upsert(models.state).values(row).on_conflict_do_nothing())
    head = _locked_head(connection)
    assert head is not None
    return head


def _agree(connection: Connection, head: Head, outside: str | None, vkey: str) -> None:
    """Refused unless the head is signed by our key, its tiles give its root, and it continues what was published."""
    wanted = settings.current().ledger_origin
    if wanted and wanted != head.origin:
        raise Refused(f"this log is {head.origin} for ever; CONNECT_LEDGER_ORIGIN says {wanted}")
    try:
        signed = note.open_checkpoint(head.note, vkey)
        known = note.open_checkpoint(outside, vkey) if outside is not None else None
        root = tiles.edge_root(head.size, store.edge(connection, head.size))
    except (NoteError, Damaged) as error:
        raise Refused(f"the head of the log or its published checkpoint does not hold: {error}") from error
    if signed != Checkpoint(head.origin, head.size, head.root) or root != head.root:
        raise Refused("the tiles at the edge of the tree do not give the root that was signed")
    if known is None:
        return
    if known.size > head.size:
        where = published.path()
        raise Refused(
            f"{known.size} leaves were published ({where}), the database has {head.size}: it is an older copy"
        )
    if tree.tree_root(known.size, store.nodes(connection)) != known.root:
        raise Refused(f"the tree at {known.size} leaves is not the one that was published: the log was forked")


def _due(head: Head, last: store.Published) -> bool:
    config = settings.current()
    wait: timedelta = config.checkpoint_interval if head.size > last.size else config.checkpoint_idle
    return clock.now() - last.published_at >= wait


def _take(connection: Connection, limit: int) -> list[tuple[UUID, bytes]]:
    """Take up to `limit` waiting entries out of the queue, oldest ids first: (id, commitment)."""
    column = models.pending.c
    oldest = select(column.entry_id).where(column.log_id == LOG).order_by(column.entry_id).limit(limit)
    taking = delete(models.pending).where(column.log_id == LOG, column.entry_id.in_(oldest))
    rows = connection.execute(taking.returning(column.entry_id, column.commitment))
    taken = sorted((entry_id, commitment) for entry_id, commitment in rows)
    for entry_id, commitment in taken:
        if len(commitment) != ENTRY_BYTES:
            raise Refused(f"{ids.encode('entry', entry_id)} waits with a commitment that was changed")
    return taken


def _insert_leaves(connection: Connection, first: int, entry_ids: Sequence[UUID]) -> None:
    rows = [(LOG, place, entry_id) for place, entry_id in enumerate(entry_ids, first)]
    bulk.insert_rows(connection, models.leaf, rows)


def _upsert_tiles(connection: Connection, changed: Sequence[tiles.Tile]) -> None:
    rows = [(LOG, tile.level, tile.number, tile.width, tile.data) for tile in changed]
    bulk.insert_rows(connection, models.tile, rows, on_conflict=_WIDER_TILE)


def _upsert_checkpoint(connection: Connection, head: Head) -> None:
    row = {"log_id": LOG, "size": head.size, "root": head.root, "note": head.note, "published_at": clock.now()}
    statement = database.upsert(models.checkpoint).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["log_id", "size"], set_={"published_at": statement.excluded.published_at}
        )
    )


def _move_head(connection: Connection, size: int, root: bytes, signed: str) -> None:
    connection.execute(
        update(models.state)
        .where(models.state.c.log_id == LOG)
        .values(size=size, root=root, note=signed, sealed_at=clock.now())
    )


def _sign(session: Session, checkpoint: Checkpoint) -> str:
    return note.sign(checkpoint.text(), checkpoint.origin, keys.signing_key(session))
