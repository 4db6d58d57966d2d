"""Grants with their versions and refusals: the tables as they were at first."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String, text

from connect.core.database import Id, Json, UtcDateTime

TABLES = (
    "grant",
    "grant_refusal",
    "grant_version",
)


def create() -> None:
    op.create_table(
        "grant",
        Column("account_id", Id, nullable=False),
        Column("id", Id, nullable=False),
        Column("app_id", Id, nullable=False),
        Column("state", String(length=20), nullable=False),
        Column("version", Integer(), nullable=False),
        Column("scopes", Json, nullable=False),
        Column("refused", Json, nullable=False),
        Column("terms", Json, nullable=False),
        Column("catalogue_version", String(length=64), nullable=False),
        Column("app_version_id", Id, nullable=False),
        Column("given_by", Id, nullable=False),
        Column("given_at", UtcDateTime, nullable=False),
        Column("changed_at", UtcDateTime, nullable=False),
        Column("expires_at", UtcDateTime, nullable=False),
        Column("ended_at", UtcDateTime, nullable=True),
        Column("end_reason", String(length=40), nullable=False),
        PrimaryKeyConstraint("account_id", "id", name="pk_grant"),
    )
    op.create_index("ix_grant_app_id_state", "grant", ["app_id", "state"])
    op.create_index(
        "ix_grant_expiry",
        "grant",
        ["expires_at"],
        sqlite_where=text("state IN ('active', 'paused')"),
        postgresql_where=text("state IN ('active', 'paused')"),
    )
    op.create_index(
        "uq_grant_live",
        "grant",
        ["account_id", "app_id"],
        unique=True,
        sqlite_where=text("state IN ('active', 'paused')"),
        postgresql_where=text("state IN ('active', 'paused')"),
    )
    op.create_table(
        "grant_refusal",
        Column("account_id", Id, nullable=False),
        Column("id", Id, nullable=False),
        Column("app_id", Id, nullable=False),
        Column("scopes", Json, nullable=False),
        Column("person_id", Id, nullable=False),
        Column("at", UtcDateTime, nullable=False),
        Column("entry_id", Id, nullable=False),
        PrimaryKeyConstraint("account_id", "id", name="pk_grant_refusal"),
    )
    op.create_table(
        "grant_version",
        Column("account_id", Id, nullable=False),
        Column("grant_id", Id, nullable=False),
        Column("version", Integer(), nullable=False),
        Column("event", String(length=20), nullable=False),
        Column("state", String(length=20), nullable=False),
        Column("scopes", Json, nullable=False),
        Column("refused", Json, nullable=False),
        Column("terms", Json, nullable=False),
        Column("catalogue_version", String(length=64), nullable=False),
        Column("app_version_id", Id, nullable=False),
        Column("notice_hash", String(length=64), nullable=True),
        Column("policy_hash", String(length=64), nullable=True),
        Column("expires_at", UtcDateTime, nullable=False),
        Column("actor_kind", String(length=20), nullable=False),
        Column("actor_id", Id, nullable=True),
        Column("reason", String(length=200), nullable=False),
        Column("at", UtcDateTime, nullable=False),
        Column("entry_id", Id, nullable=False),
        ForeignKeyConstraint(
            ["account_id", "grant_id"],
            ["grant.account_id", "grant.id"],
            name="fk_grant_version_account_id_grant_id_grant",
        ),
        PrimaryKeyConstraint("account_id", "grant_id", "version", name="pk_grant_version"),
    )
