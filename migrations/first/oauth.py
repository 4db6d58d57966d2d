"""The authorization server: the tables as they were at first."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, LargeBinary, PrimaryKeyConstraint, String, Text, UniqueConstraint, text

from connect.core.database import Id, Json, UtcDateTime

TABLES = (
    "access_token",
    "auth_request",
    "authorization_code",
    "token_chain",
)


def create() -> None:
    op.create_table(
        "access_token",
        Column("digest", LargeBinary(length=32), nullable=False),
        Column("id", Id, nullable=False),
        Column("app_id", Id, nullable=False),
        Column("account_id", Id, nullable=True),
        Column("grant_id", Id, nullable=True),
        Column("chain_id", Id, nullable=True),
        Column("scopes", Json, nullable=False),
        Column("resource", String(length=2000), nullable=True),
        Column("issued_at", UtcDateTime, nullable=False),
        Column("expires_at", UtcDateTime, nullable=False),
        Column("revoked_at", UtcDateTime, nullable=True),
        PrimaryKeyConstraint("digest", name="pk_access_token"),
        UniqueConstraint("id", name="uq_access_token_id"),
    )
    op.create_index("ix_access_token_account_id_grant_id", "access_token", ["account_id", "grant_id"])
    op.create_index("ix_access_token_app_id", "access_token", ["app_id"])
    op.create_index("ix_access_token_chain_id", "access_token", ["chain_id"])
    op.create_index("ix_access_token_expires_at", "access_token", ["expires_at"])
    op.create_table(
        "auth_request",
        Column("id", Id, nullable=False),
        Column("app_id", Id, nullable=False),
        Column("payload", Json, nullable=False),
        Column("redirect_uri", String(length=2000), nullable=False),
        Column("scopes", Json, nullable=False),
        Column("state", Text(), nullable=True),
        Column("session_id", Id, nullable=True),
        Column("created_at", UtcDateTime, nullable=False),
        Column("expires_at", UtcDateTime, nullable=False),
        Column("decided_at", UtcDateTime, nullable=True),
        Column("decision", String(length=20), nullable=True),
        Column("account_id", Id, nullable=True),
        Column("grant_id", Id, nullable=True),
        PrimaryKeyConstraint("id", name="pk_auth_request"),
    )
    op.create_index("ix_auth_request_expires_at", "auth_request", ["expires_at"])
    op.create_table(
        "authorization_code",
        Column("digest", LargeBinary(length=32), nullable=False),
        Column("app_id", Id, nullable=False),
        Column("account_id", Id, nullable=False),
        Column("grant_id", Id, nullable=False),
        Column("request_id", Id, nullable=False),
        Column("person_id", Id, nullable=False),
        Column("redirect_uri", String(length=2000), nullable=False),
        Column("scopes", Json, nullable=False),
        Column("code_challenge", String(length=128), nullable=False),
        Column("resource", String(length=2000), nullable=True),
        Column("authenticated_at", UtcDateTime, nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("expires_at", UtcDateTime, nullable=False),
        Column("used_at", UtcDateTime, nullable=True),
        Column("chain_id", Id, nullable=True),
        PrimaryKeyConstraint("digest", name="pk_authorization_code"),
    )
    op.create_index("ix_authorization_code_expires_at", "authorization_code", ["expires_at"])
    op.create_table(
        "token_chain",
        Column("id", Id, nullable=False),
        Column("app_id", Id, nullable=False),
        Column("account_id", Id, nullable=False),
        Column("grant_id", Id, nullable=False),
        Column("scopes", Json, nullable=False),
        Column("resource", String(length=2000), nullable=True),
        Column("generation", Integer(), nullable=False),
        Column("current", LargeBinary(length=32), nullable=True),
        Column("previous", LargeBinary(length=32), nullable=True),
        Column("replay_box", LargeBinary(), nullable=True),
        Column("replay_until", UtcDateTime, nullable=True),
        Column("replays", Integer(), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("idle_expires_at", UtcDateTime, nullable=False),
        Column("expires_at", UtcDateTime, nullable=False),
        Column("ended_at", UtcDateTime, nullable=True),
        Column("end_reason", String(length=40), nullable=False),
        PrimaryKeyConstraint("id", name="pk_token_chain"),
    )
    op.create_index("ix_token_chain_account_id_grant_id", "token_chain", ["account_id", "grant_id"])
    op.create_index("ix_token_chain_app_id", "token_chain", ["app_id"])
    op.create_index(
        "ix_token_chain_ended",
        "token_chain",
        ["ended_at"],
        sqlite_where=text("ended_at IS NOT NULL"),
        postgresql_where=text("ended_at IS NOT NULL"),
    )
    op.create_index("ix_token_chain_expires_at", "token_chain", ["expires_at"])
    op.create_index(
        "ix_token_chain_replayed",
        "token_chain",
        ["id"],
        sqlite_where=text("replays > 0"),
        postgresql_where=text("replays > 0"),
    )
