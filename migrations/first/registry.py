"""The app registry: the tables as they were at first."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)

from connect.core.database import Id, Json, UtcDateTime

TABLES = (
    "developer_team",
    "app",
    "app_secret",
    "app_tester",
    "app_version",
    "redirect_uri",
    "requested_scope",
    "review",
)


def create() -> None:
    op.create_table(
        "developer_team",
        Column("id", Id, nullable=False),
        Column("name", String(length=200), nullable=False),
        Column("legal_name", String(length=200), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("id", name="pk_developer_team"),
        UniqueConstraint("name", name="uq_developer_team_name"),
    )
    op.create_table(
        "app",
        Column("id", Id, nullable=False),
        Column("client_id", String(length=255), nullable=False),
        Column("team_id", Id, nullable=False),
        Column("owner_account_id", Id, nullable=True),
        Column("name", String(length=100), nullable=False),
        Column("legal_developer", String(length=200), nullable=False),
        Column("description", Text(), nullable=False),
        Column("home_url", String(length=2000), nullable=False),
        Column("privacy_policy_url", String(length=2000), nullable=False),
        Column("terms_url", String(length=2000), nullable=False),
        Column("support_email", String(length=320), nullable=False),
        Column("connect_url", String(length=2000), nullable=False),
        Column("client_kind", String(length=20), nullable=False),
        Column("auth_method", String(length=40), nullable=False),
        Column("profile", String(length=20), nullable=False),
        Column("state", String(length=20), nullable=False),
        Column("state_reason", Text(), nullable=False),
        Column("suspended_from", String(length=20), nullable=True),
        Column("retention_days", Integer(), nullable=False),
        Column("policy_hash", String(length=64), nullable=True),
        Column("created_at", UtcDateTime, nullable=False),
        Column("updated_at", UtcDateTime, nullable=False),
        ForeignKeyConstraint(["team_id"], ["developer_team.id"], name="fk_app_team_id_developer_team"),
        PrimaryKeyConstraint("id", name="pk_app"),
        UniqueConstraint("client_id", name="uq_app_client_id"),
    )
    op.create_index("ix_app_state", "app", ["state"])
    op.create_index("ix_app_team_id", "app", ["team_id"])
    op.create_table(
        "app_secret",
        Column("id", Id, nullable=False),
        Column("app_id", Id, nullable=False),
        Column("digest", LargeBinary(length=32), nullable=False),
        Column("hint", String(length=4), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("expires_at", UtcDateTime, nullable=True),
        Column("last_used_at", UtcDateTime, nullable=True),
        ForeignKeyConstraint(["app_id"], ["app.id"], name="fk_app_secret_app_id_app"),
        PrimaryKeyConstraint("id", name="pk_app_secret"),
    )
    op.create_index("ix_app_secret_app_id", "app_secret", ["app_id"])
    op.create_table(
        "app_tester",
        Column("app_id", Id, nullable=False),
        Column("account_id", Id, nullable=False),
        ForeignKeyConstraint(["app_id"], ["app.id"], name="fk_app_tester_app_id_app"),
        PrimaryKeyConstraint("app_id", "account_id", name="pk_app_tester"),
    )
    op.create_table(
        "app_version",
        Column("id", Id, nullable=False),
        Column("app_id", Id, nullable=False),
        Column("number", Integer(), nullable=False),
        Column("state", String(length=20), nullable=False),
        Column("default_terms", Json, nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("submitted_at", UtcDateTime, nullable=True),
        Column("published_at", UtcDateTime, nullable=True),
        ForeignKeyConstraint(["app_id"], ["app.id"], name="fk_app_version_app_id_app"),
        PrimaryKeyConstraint("id", name="pk_app_version"),
        UniqueConstraint("app_id", "number", name="uq_app_version_app_id_number"),
    )
    op.create_table(
        "redirect_uri",
        Column("app_id", Id, nullable=False),
        Column("uri", String(length=2000), nullable=False),
        ForeignKeyConstraint(["app_id"], ["app.id"], name="fk_redirect_uri_app_id_app"),
        PrimaryKeyConstraint("app_id", "uri", name="pk_redirect_uri"),
    )
    op.create_table(
        "requested_scope",
        Column("app_version_id", Id, nullable=False),
        Column("scope", String(length=64), nullable=False),
        Column("required", Boolean(), nullable=False),
        Column("purpose", Text(), nullable=False),
        Column("purpose_hi", Text(), nullable=False),
        ForeignKeyConstraint(
            ["app_version_id"], ["app_version.id"], name="fk_requested_scope_app_version_id_app_version"
        ),
        PrimaryKeyConstraint("app_version_id", "scope", name="pk_requested_scope"),
    )
    op.create_table(
        "review",
        Column("id", Id, nullable=False),
        Column("app_version_id", Id, nullable=False),
        Column("reviewer_id", Id, nullable=True),
        Column("decision", String(length=20), nullable=False),
        Column("comment", Text(), nullable=False),
        Column("decided_at", UtcDateTime, nullable=False),
        ForeignKeyConstraint(["app_version_id"], ["app_version.id"], name="fk_review_app_version_id_app_version"),
        PrimaryKeyConstraint("id", name="pk_review"),
    )
    op.create_index("ix_review_app_version_id_decided_at", "review", ["app_version_id", "decided_at"])
