"""Tables of the ledger. Every one starts with `log_id`; none has a foreign key, so that nothing can delete or block an entry.

On PostgreSQL entries and lines are partitioned by month of their id (partitions.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, String, Table, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from connect.core.database import Base, Bytes, Id, UtcDateTime

_NARROW = {"sqlite_with_rowid": False}  # rows of a few bytes: one tree on SQLite instead of two
LOG = 1  # the one log of this platform; a second shard would be a second number


def _index(column: str) -> Index:
    """An index for queries by `column`, newest entry first; most entries lack most of these columns and stay out of it."""
    known = text(f"{column} IS NOT NULL")
    return Index(f"ix_ledger_entry_{column}", "log_id", column, "id", sqlite_where=known, postgresql_where=known)


class LedgerEntry(Base):
    """An entry: `body` is the exact bytes that were committed to, the columns before it are copies of its members for queries."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        _index("account_id"),
        _index("app_id"),
        _index("grant_id"),
        _index("person_id"),
        _index("token_ref"),
        _index("request_id"),
        Index("ix_ledger_entry_type", "log_id", "type", "id"),
        {"postgresql_partition_by": "RANGE (id)"},
    )

    log_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    type: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str | None] = mapped_column(String(20))
    account_id: Mapped[UUID | None] = mapped_column(Id)
    app_id: Mapped[UUID | None] = mapped_column(Id)
    grant_id: Mapped[UUID | None] = mapped_column(Id)
    person_id: Mapped[UUID | None] = mapped_column(Id)
    token_ref: Mapped[str | None] = mapped_column(String(64))
    resource: Mapped[str | None] = mapped_column(String(40))
    request_id: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[int | None] = mapped_column(Integer)
    count: Mapped[int | None] = mapped_column(Integer)
    node: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[bytes] = mapped_column(Bytes)
    body: Mapped[bytes] = mapped_column(Bytes)


class LedgerPending(Base):
    """An entry that no leaf stands for yet. The sealer takes these rows and nothing else: ids do not come in the order of commits.

    The commitment is made when the entry is written, so that a body changed before it is sealed no longer fits its leaf.
    """

    __tablename__ = "ledger_pending"
    __table_args__ = (_NARROW,)

    log_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    commitment: Mapped[bytes] = mapped_column(Bytes)


class LedgerLines(Base):
    """The record lines of an entry, compressed; the body names their root."""

    __tablename__ = "ledger_lines"
    __table_args__ = ({"postgresql_partition_by": "RANGE (entry_id)"},)

    log_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    data: Mapped[bytes] = mapped_column(Bytes)


class LedgerLeaf(Base):
    """Which entry a leaf stands for."""

    __tablename__ = "ledger_leaf"
    __table_args__ = (Index("uq_ledger_leaf_entry", "log_id", "entry_id", unique=True), _NARROW)

    log_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    leaf_index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID] = mapped_column(Id)


class LedgerTile(Base):
    """A tile of hashes, or at level -1 a bundle of entries, in its widest form so far (C2SP tlog-tiles)."""

    __tablename__ = "ledger_tile"

    log_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    width: Mapped[int] = mapped_column(Integer)
    data: Mapped[bytes] = mapped_column(Bytes)


class LedgerCheckpoint(Base):
    """A checkpoint that was published; `published_at` is the last time it was the newest one given out."""

    __tablename__ = "ledger_checkpoint"

    log_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(Bytes)
    note: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LedgerState(Base):
    """The head of a log, and the row that sealers lock. `note` is the signed checkpoint of `size`, published or not.

    `indexed` is how many leaves have been entered in the subject index.
    """

    __tablename__ = "ledger_state"

    log_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[bytes] = mapped_column(Bytes)
    note: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    indexed: Mapped[int] = mapped_column(BigInteger)


class LedgerSubjectIndex(Base):
    """Which entries speak of a record or of a subject's digest: `key` is 16 bytes of a hash over kind and value (index.py)."""

    __tablename__ = "ledger_subject_index"
    __table_args__ = (_NARROW,)

    log_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    key: Mapped[bytes] = mapped_column(Bytes, primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(Id, primary_key=True)


entry, pending, lines, leaf = (
    cast(Table, model.__table__) for model in (LedgerEntry, LedgerPending, LedgerLines, LedgerLeaf)
)
tile, checkpoint, state, subject_index = (
    cast(Table, model.__table__) for model in (LedgerTile, LedgerCheckpoint, LedgerState, LedgerSubjectIndex)
)
