"""Reading the sealed log from its tables: head, tiles, nodes of the tree, published checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, func, select

from connect.ledger import models, tiles, tree
from connect.ledger.models import LOG


class Damaged(Exception):
    """The stored log contradicts itself; the message says where."""


@dataclass(frozen=True, slots=True)
class Head:
    """The log as sealed so far. `note` is its signed checkpoint, published or not."""

    origin: str
    size: int
    root: bytes
    note: str
    sealed_at: datetime
    indexed: int


@dataclass(frozen=True, slots=True)
class Published:
    """A checkpoint that was given out."""

    size: int
    root: bytes
    note: str
    published_at: datetime


_LARGEST = 2**62  # beyond this no database counts
_STATE, _CHECKPOINT = models.state.c, models.checkpoint.c
HEAD = select(_STATE.origin, _STATE.size, _STATE.root, _STATE.note, _STATE.sealed_at, _STATE.indexed).where(
    _STATE.log_id == LOG
)
_PUBLISHED = select(_CHECKPOINT.size, _CHECKPOINT.root, _CHECKPOINT.note, _CHECKPOINT.published_at).where(
    _CHECKPOINT.log_id == LOG
)


def head(connection: Connection) -> Head | None:
    """The head; None before the sealer ran for the first time."""
    row = connection.execute(HEAD).first()
    return None if row is None else Head(*row)


def newest_published(connection: Connection) -> Published | None:
    """The checkpoint that the world knows; None before the first."""
    row = connection.execute(_PUBLISHED.order_by(_CHECKPOINT.size.desc()).limit(1)).first()
    return None if row is None else Published(*row)


def waiting(connection: Connection) -> int:
    """How many entries have no leaf yet."""
    queued = select(func.count()).select_from(models.pending).where(models.pending.c.log_id == LOG)
    return connection.scalar(queued) or 0


def published_sizes(connection: Connection, start: int, end: int) -> list[int]:
    """Sizes from `start` to below `end` for which a checkpoint was published, largest first, at most 1,000."""
    sizes = select(_CHECKPOINT.size).where(_CHECKPOINT.log_id == LOG, _CHECKPOINT.size >= start, _CHECKPOINT.size < end)
    return list(connection.scalars(sizes.order_by(_CHECKPOINT.size.desc()).limit(1_000)))


def published_tile(connection: Connection, level: int, number: int, width: int) -> bytes | None:
    """A tile in the width asked for, if a published checkpoint needs it in that width; else None.

    Narrower forms of a tile are cut from the wider one. What was sealed and not published yet is not given out.
    """
    unit = tiles.WIDTH ** max(level, 0)
    first = (number * tiles.WIDTH + width) * unit
    if first > _LARGEST:
        return None
    newest = newest_published(connection)
    full = width == tiles.WIDTH and newest is not None and newest.size >= first
    if not full and (width == tiles.WIDTH or not published_sizes(connection, first, first + unit)):
        return None
    data = tile(connection, level, number)
    return None if data is None else tiles.cut(data, level, width)


def tile(connection: Connection, level: int, number: int) -> bytes | None:
    """A tile or (level -1) an entry bundle in its widest form so far."""
    column = models.tile.c
    return connection.scalar(
        select(column.data).where(column.log_id == LOG, column.level == level, column.number == number)
    )


def commitment(connection: Connection, leaf_index: int) -> bytes | None:
    """The entry of a leaf, out of its bundle; None when the bundle is lost or damaged."""
    try:
        entries = tiles.unpack_entries(tile(connection, tiles.ENTRIES, leaf_index // tiles.WIDTH) or b"")
    except ValueError:
        return None
    return dict(enumerate(entries)).get(leaf_index % tiles.WIDTH)


def reader(connection: Connection) -> Callable[[int, int], bytes]:
    """`read(level, number)` of tiles that must be there, some thousand of them kept; Damaged when one is not."""

    @lru_cache(maxsize=4_096)
    def read(level: int, number: int) -> bytes:
        data = tile(connection, level, number)
        if data is None:
            raise Damaged(f"{tiles.path(level, number)} is missing")
        return data

    return read


def nodes(connection: Connection) -> tree.Node:
    """A reader of the tree's nodes, for roots and proofs at any size up to the head's."""
    return tiles.node_reader(reader(connection))


def edge(connection: Connection, size: int) -> dict[tuple[int, int], bytes]:
    """The tiles at the right edge of a tree of `size`, cut to it."""
    read = reader(connection)
    return {
        (level, number): tiles.cut(read(level, number), level, tiles.width_at(size, level, number))
        for level, number in tiles.edge(size)
    }
