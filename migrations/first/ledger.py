"""The ledger: the tables as they were at first."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, PrimaryKeyConstraint, String, Text, text

from connect.core import clock
from connect.core.database import Id, UtcDateTime
from connect.ledger import partitions

TABLES = (
    "ledger_checkpoint",
    "ledger_entry",
    "ledger_leaf",
    "ledger_lines",
    "ledger_pending",
    "ledger_self_check",
    "ledger_state",
    "ledger_subject_index",
    "ledger_tile",
)


def create() -> None:
    op.create_table(
        "ledger_checkpoint",
        Column("log_id", Integer(), autoincrement=False, nullable=False),
        Column("size", BigInteger(), autoincrement=False, nullable=False),
        Column("root", LargeBinary(), nullable=False),
        Column("note", Text(), nullable=False),
        Column("published_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("log_id", "size", name="pk_ledger_checkpoint"),
    )
    op.create_table(
        "ledger_entry",
        Column("log_id", Integer(), autoincrement=False, nullable=False),
        Column("id", Id, nullable=False),
        Column("at", UtcDateTime, nullable=False),
        Column("type", String(length=20), nullable=False),
        Column("channel", String(length=20), nullable=True),
        Column("account_id", Id, nullable=True),
        Column("app_id", Id, nullable=True),
        Column("grant_id", Id, nullable=True),
        Column("person_id", Id, nullable=True),
        Column("token_ref", String(length=64), nullable=True),
        Column("resource", String(length=40), nullable=True),
        Column("request_id", String(length=64), nullable=True),
        Column("status", Integer(), nullable=True),
        Column("count", Integer(), nullable=True),
        Column("node", String(length=64), nullable=False),
        Column("nonce", LargeBinary(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("log_id", "id", name="pk_ledger_entry"),
        postgresql_partition_by="RANGE (id)",
    )
    op.create_index(
        "ix_ledger_entry_account_id",
        "ledger_entry",
        ["log_id", "account_id", "id"],
        sqlite_where=text("account_id IS NOT NULL"),
        postgresql_where=text("account_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ledger_entry_app_id",
        "ledger_entry",
        ["log_id", "app_id", "id"],
        sqlite_where=text("app_id IS NOT NULL"),
        postgresql_where=text("app_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ledger_entry_grant_id",
        "ledger_entry",
        ["log_id", "grant_id", "id"],
        sqlite_where=text("grant_id IS NOT NULL"),
        postgresql_where=text("grant_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ledger_entry_person_id",
        "ledger_entry",
        ["log_id", "person_id", "id"],
        sqlite_where=text("person_id IS NOT NULL"),
        postgresql_where=text("person_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ledger_entry_request_id",
        "ledger_entry",
        ["log_id", "request_id", "id"],
        sqlite_where=text("request_id IS NOT NULL"),
        postgresql_where=text("request_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ledger_entry_token_ref",
        "ledger_entry",
        ["log_id", "token_ref", "id"],
        sqlite_where=text("token_ref IS NOT NULL"),
        postgresql_where=text("token_ref IS NOT NULL"),
    )
    op.create_index("ix_ledger_entry_type", "ledger_entry", ["log_id", "type", "id"])
    op.create_table(
        "ledger_leaf",
        Column("log_id", Integer(), autoincrement=False, nullable=False),
        Column("leaf_index", BigInteger(), autoincrement=False, nullable=False),
        Column("entry_id", Id, nullable=False),
        PrimaryKeyConstraint("log_id", "leaf_index", name="pk_ledger_leaf"),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_ledger_leaf_entry", "ledger_leaf", ["log_id", "entry_id"], unique=True)
    op.create_table(
        "ledger_lines",
        Column("log_id", Integer(), autoincrement=False, nullable=False),
        Column("entry_id", Id, nullable=False),
        Column("data", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("log_id", "entry_id", name="pk_ledger_lines"),
        postgresql_partition_by="RANGE (entry_id)",
    )
    op.create_table(
        "ledger_pending",
        Column("log_id", Integer(), autoincrement=False, nullable=False),
        Column("entry_id", Id, nullable=False),
        Column("commitment", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("log_id", "entry_id", name="pk_ledger_pending"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_self_check",
        Column("log_id", Integer(), autoincrement=False, nullable=False),
        Column("at", UtcDateTime, nullable=False),
        Column("ok", Boolean(), nullable=False),
        Column("words", Text(), nullable=False),
        Column("entry", String(length=40), nullable=True),
        PrimaryKeyConstraint("log_id", name="pk_ledger_self_check"),
    )
    op.create_table(
        "ledger_state",
        Column("log_id", Integer(), autoincrement=False, nullable=False),
        Column("origin", String(length=200), nullable=False),
        Column("size", BigInteger(), nullable=False),
        Column("root", LargeBinary(), nullable=False),
        Column("note", Text(), nullable=False),
        Column("sealed_at", UtcDateTime, nullable=False),
        Column("indexed", BigInteger(), nullable=False),
        PrimaryKeyConstraint("log_id", name="pk_ledger_state"),
    )
    op.create_table(
        "ledger_subject_index",
        Column("log_id", Integer(), autoincrement=False, nullable=False),
        Column("key", LargeBinary(), nullable=False),
        Column("entry_id", Id, nullable=False),
        PrimaryKeyConstraint("log_id", "key", "entry_id", name="pk_ledger_subject_index"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_tile",
        Column("log_id", Integer(), autoincrement=False, nullable=False),
        Column("level", Integer(), autoincrement=False, nullable=False),
        Column("number", BigInteger(), autoincrement=False, nullable=False),
        Column("width", Integer(), nullable=False),
        Column("data", LargeBinary(), nullable=False),
        PrimaryKeyConstraint("log_id", "level", "number", name="pk_ledger_tile"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _on_postgresql()


def _on_postgresql() -> None:
    """Partitions, and storage that fits: pending rows live for half a second, so vacuum goes by their number and not by their share of
    the table; hashes do not compress."""
    for table in ("ledger_entry", "ledger_lines"):
        op.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
    partitions.ensure_months(op.get_bind(), clock.now())
    op.execute(
        "ALTER TABLE ledger_pending SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)"
    )
    op.execute("ALTER TABLE ledger_tile ALTER COLUMN data SET STORAGE EXTERNAL")
