"""What every room uses: outbox, signing keys, rate limits: the tables as they were at first."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, PrimaryKeyConstraint, String, Text

from connect.core.database import Id, UtcDateTime

TABLES = (
    "mail",
    "rate_limit",
    "signing_key",
)


def create() -> None:
    op.create_table(
        "mail",
        Column("id", Id, nullable=False),
        Column("recipient", String(length=320), nullable=False),
        Column("subject", String(length=250), nullable=False),
        Column("body", Text(), nullable=False),
        Column("kind", String(length=40), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("sent_at", UtcDateTime, nullable=True),
        PrimaryKeyConstraint("id", name="pk_mail"),
    )
    op.create_index("ix_mail_created_at", "mail", ["created_at"])
    op.create_index("ix_mail_sent_at", "mail", ["sent_at"])
    op.create_table(
        "rate_limit",
        Column("key", String(length=64), nullable=False),
        Column("hits", BigInteger(), nullable=False),
        Column("ends_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("key", name="pk_rate_limit"),
    )
    op.create_index("ix_rate_limit_ends_at", "rate_limit", ["ends_at"])
    op.create_table(
        "signing_key",
        Column("purpose", String(length=64), nullable=False),
        Column("number", Integer(), nullable=False),
        Column("sealed", LargeBinary(), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("retired_at", UtcDateTime, nullable=True),
        PrimaryKeyConstraint("purpose", "number", name="pk_signing_key"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE rate_limit SET UNLOGGED"
        )  # counts may be lost in a crash; they must not cost a WAL write
