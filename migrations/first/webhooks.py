"""Webhook endpoints, events, deliveries: the tables as they were at first."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)

from connect.core.database import Id, Json, UtcDateTime

TABLES = (
    "event",
    "webhook_endpoint",
    "delivery",
    "endpoint_secret",
    "delivery_attempt",
)


def create() -> None:
    op.create_table(
        "event",
        Column("account_id", Id, nullable=False),
        Column("id", Id, nullable=False),
        Column("app_id", Id, nullable=True),
        Column("type", String(length=40), nullable=False),
        Column("dedupe_key", String(length=100), nullable=False),
        Column("resource", String(length=20), nullable=False),
        Column("record_id", Id, nullable=False),
        Column("occurred_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("account_id", "id", name="pk_event"),
        UniqueConstraint("account_id", "type", "dedupe_key", name="uq_event_account_id_type_dedupe_key"),
    )
    op.create_table(
        "webhook_endpoint",
        Column("id", Id, nullable=False),
        Column("app_id", Id, nullable=False),
        Column("url", String(length=2048), nullable=False),
        Column("types", Json, nullable=False),
        Column("state", String(length=20), nullable=False),
        Column("state_reason", String(length=40), nullable=False),
        Column("sequence", BigInteger(), nullable=False),
        Column("claimed_at", UtcDateTime, nullable=False),
        Column("paused_until", UtcDateTime, nullable=True),
        Column("failing_since", UtcDateTime, nullable=True),
        Column("failures", Integer(), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        ForeignKeyConstraint(["app_id"], ["app.id"], name="fk_webhook_endpoint_app_id_app"),
        PrimaryKeyConstraint("id", name="pk_webhook_endpoint"),
    )
    op.create_index("ix_webhook_endpoint_app_id", "webhook_endpoint", ["app_id"])
    op.create_table(
        "delivery",
        Column("account_id", Id, nullable=False),
        Column("id", Id, nullable=False),
        Column("event_id", Id, nullable=False),
        Column("endpoint_id", Id, nullable=False),
        Column("grant_id", Id, nullable=True),
        Column("app_id", Id, nullable=False),
        Column("needs_grant", Boolean(), nullable=False),
        Column("state", String(length=20), nullable=False),
        Column("lane", SmallInteger(), nullable=False),
        Column("attempts", Integer(), nullable=False),
        Column("sequence", BigInteger(), nullable=True),
        Column("withheld", Boolean(), nullable=False),
        Column("last_status", Integer(), nullable=True),
        Column("last_error", String(length=20), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("settled_at", UtcDateTime, nullable=True),
        Column("due_at", UtcDateTime, nullable=False),
        Column("lease_token", Id, nullable=True),
        ForeignKeyConstraint(
            ["account_id", "event_id"], ["event.account_id", "event.id"], name="fk_delivery_account_id_event_id_event"
        ),
        ForeignKeyConstraint(
            ["account_id", "grant_id"], ["grant.account_id", "grant.id"], name="fk_delivery_account_id_grant_id_grant"
        ),
        ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoint.id"], name="fk_delivery_endpoint_id_webhook_endpoint"),
        PrimaryKeyConstraint("account_id", "id", name="pk_delivery"),
        UniqueConstraint("account_id", "event_id", "endpoint_id", name="uq_delivery_account_id_event_id_endpoint_id"),
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["due_at"],
        sqlite_where=text("state IN ('pending', 'sending')"),
        postgresql_where=text("state IN ('pending', 'sending')"),
    )
    op.create_index(
        "ix_delivery_grant",
        "delivery",
        ["account_id", "grant_id"],
        sqlite_where=text("state IN ('pending', 'sending')"),
        postgresql_where=text("state IN ('pending', 'sending')"),
    )
    op.create_index("ix_delivery_log", "delivery", ["endpoint_id", "id"])
    op.create_index(
        "ix_delivery_queue",
        "delivery",
        ["endpoint_id", "lane", "due_at"],
        sqlite_where=text("state IN ('pending', 'sending')"),
        postgresql_where=text("state IN ('pending', 'sending')"),
    )
    op.create_index("ix_delivery_settled", "delivery", ["settled_at"])
    op.create_table(
        "endpoint_secret",
        Column("id", Id, nullable=False),
        Column("endpoint_id", Id, nullable=False),
        Column("sealed", LargeBinary(), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("expires_at", UtcDateTime, nullable=True),
        ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoint.id"], name="fk_endpoint_secret_endpoint_id_webhook_endpoint"
        ),
        PrimaryKeyConstraint("id", name="pk_endpoint_secret"),
    )
    op.create_index("ix_endpoint_secret_endpoint_id", "endpoint_secret", ["endpoint_id"])
    op.create_table(
        "delivery_attempt",
        Column("account_id", Id, nullable=False),
        Column("id", Id, nullable=False),
        Column("delivery_id", Id, nullable=False),
        Column("endpoint_id", Id, nullable=False),
        Column("number", Integer(), nullable=False),
        Column("started_at", UtcDateTime, nullable=False),
        Column("status", Integer(), nullable=True),
        Column("error", String(length=20), nullable=False),
        Column("address", String(length=45), nullable=False),
        Column("dns_ms", Integer(), nullable=True),
        Column("connect_ms", Integer(), nullable=True),
        Column("first_byte_ms", Integer(), nullable=True),
        Column("total_ms", Integer(), nullable=False),
        Column("bytes_sent", Integer(), nullable=False),
        Column("bytes_received", Integer(), nullable=False),
        Column("entry_id", Id, nullable=True),
        ForeignKeyConstraint(
            ["account_id", "delivery_id"],
            ["delivery.account_id", "delivery.id"],
            name="fk_delivery_attempt_account_id_delivery_id_delivery",
        ),
        PrimaryKeyConstraint("account_id", "id", name="pk_delivery_attempt"),
    )
    op.create_index("ix_delivery_attempt_account_id_delivery_id", "delivery_attempt", ["account_id", "delivery_id"])
    op.create_index("ix_delivery_attempt_endpoint_id_id", "delivery_attempt", ["endpoint_id", "id"])
