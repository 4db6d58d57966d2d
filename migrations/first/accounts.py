"""People, accounts and who may do what in them: the tables as they were at first."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)

from connect.core.database import Id, UtcDateTime

TABLES = (
    "account",
    "person",
    "policy_version",
    "membership",
    "one_time_link",
    "policy_acceptance",
    "sign_in_session",
)


def create() -> None:
    op.create_table(
        "account",
        Column("id", Id, nullable=False),
        Column("name", String(length=200), nullable=False),
        Column("timezone", String(length=64), nullable=False),
        Column("region", String(length=8), nullable=False),
        Column("state", String(length=20), nullable=False),
        Column("kind", String(length=20), nullable=False),
        Column("change_counter", BigInteger(), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("id", name="pk_account"),
    )
    op.create_table(
        "person",
        Column("id", Id, nullable=False),
        Column("email", String(length=320), nullable=False),
        Column("name", String(length=200), nullable=False),
        Column("password_hash", String(length=200), nullable=True),
        Column("state", String(length=20), nullable=False),
        Column("adult_declared_at", UtcDateTime, nullable=True),
        Column("created_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("id", name="pk_person"),
        UniqueConstraint("email", name="uq_person_email"),
    )
    op.create_table(
        "policy_version",
        Column("id", Id, nullable=False),
        Column("document", String(length=40), nullable=False),
        Column("digest", String(length=64), nullable=False),
        Column("published_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("id", name="pk_policy_version"),
    )
    op.create_table(
        "membership",
        Column("id", Id, nullable=False),
        Column("person_id", Id, nullable=False),
        Column("account_id", Id, nullable=True),
        Column("team_id", Id, nullable=True),
        Column("role", String(length=20), nullable=False),
        Column("until", UtcDateTime, nullable=True),
        Column("created_at", UtcDateTime, nullable=False),
        ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_membership_account_id_account"),
        ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_membership_person_id_person"),
        ForeignKeyConstraint(["team_id"], ["developer_team.id"], name="fk_membership_team_id_developer_team"),
        PrimaryKeyConstraint("id", name="pk_membership"),
    )
    op.create_index("ix_membership_account_id_role", "membership", ["account_id", "role"])
    op.create_index("ix_membership_person_id", "membership", ["person_id"])
    op.create_index("ix_membership_team_id_role", "membership", ["team_id", "role"])
    op.create_table(
        "one_time_link",
        Column("digest", LargeBinary(length=32), nullable=False),
        Column("person_id", Id, nullable=False),
        Column("purpose", String(length=20), nullable=False),
        Column("expires_at", UtcDateTime, nullable=False),
        Column("used_at", UtcDateTime, nullable=True),
        ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_one_time_link_person_id_person"),
        PrimaryKeyConstraint("digest", name="pk_one_time_link"),
    )
    op.create_index("ix_one_time_link_expires_at", "one_time_link", ["expires_at"])
    op.create_index("ix_one_time_link_person_id", "one_time_link", ["person_id"])
    op.create_table(
        "policy_acceptance",
        Column("person_id", Id, nullable=False),
        Column("policy_version_id", Id, nullable=False),
        Column("accepted_at", UtcDateTime, nullable=False),
        ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_policy_acceptance_person_id_person"),
        ForeignKeyConstraint(
            ["policy_version_id"], ["policy_version.id"], name="fk_policy_acceptance_policy_version_id_policy_version"
        ),
        PrimaryKeyConstraint("person_id", "policy_version_id", name="pk_policy_acceptance"),
    )
    op.create_table(
        "sign_in_session",
        Column("id", Id, nullable=False),
        Column("digest", LargeBinary(length=32), nullable=False),
        Column("person_id", Id, nullable=False),
        Column("account_id", Id, nullable=True),
        Column("authenticated_at", UtcDateTime, nullable=False),
        Column("last_seen_at", UtcDateTime, nullable=False),
        Column("expires_at", UtcDateTime, nullable=False),
        Column("ended_at", UtcDateTime, nullable=True),
        Column("address", String(length=64), nullable=False),
        Column("agent", String(length=200), nullable=False),
        ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_sign_in_session_person_id_person"),
        PrimaryKeyConstraint("id", name="pk_sign_in_session"),
        UniqueConstraint("digest", name="uq_sign_in_session_digest"),
    )
    op.create_index("ix_sign_in_session_expires_at", "sign_in_session", ["expires_at"])
    op.create_index("ix_sign_in_session_person_id", "sign_in_session", ["person_id"])
