"""Calls and the directory around them: the tables as they were at first."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
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
    "agent",
    "department",
    "subject",
    "virtual_number",
    "agent_department",
    "call",
    "contact",
    "call_leg",
    "call_note",
    "recording",
    "transcript",
)


def create() -> None:
    op.create_table(
        "agent",
        Column("account_id", Id, nullable=False),
        Column("id", Id, nullable=False),
        Column("ref", String(length=100), nullable=False),
        Column("display_name", String(length=200), nullable=False),
        Column("role", String(length=20), nullable=False),
        Column("extension", String(length=20), nullable=True),
        Column("email", String(length=320), nullable=True),
        Column("mobile", String(length=16), nullable=True),
        Column("created_at", UtcDateTime, nullable=False),
        ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_agent_account_id_account"),
        PrimaryKeyConstraint("account_id", "id", name="pk_agent"),
        UniqueConstraint("account_id", "ref", name="uq_agent_account_id_ref"),
    )
    op.create_table(
        "department",
        Column("account_id", Id, nullable=False),
        Column("id", Id, nullable=False),
        Column("name", String(length=100), nullable=False),
        Column("parent_id", Id, nullable=True),
        Column("created_at", UtcDateTime, nullable=False),
        ForeignKeyConstraint(
            ["account_id", "parent_id"],
            ["department.account_id", "department.id"],
            name="fk_department_account_id_parent_id_department",
        ),
        ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_department_account_id_account"),
        PrimaryKeyConstraint("account_id", "id", name="pk_department"),
        UniqueConstraint("account_id", "name", name="uq_department_account_id_name"),
    )
    op.create_table(
        "subject",
        Column("account_id", Id, nullable=False),
        Column("id", Id, nullable=False),
        Column("salt", LargeBinary(length=32), nullable=True),
        Column("e164", String(length=16), nullable=True),
        Column("contact_id", Id, nullable=True),
        Column("erased_at", UtcDateTime, nullable=True),
        Column("created_at", UtcDateTime, nullable=False),
        ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_subject_account_id_account"),
        PrimaryKeyConstraint("account_id", "id", name="pk_subject"),
        UniqueConstraint("account_id", "e164", name="uq_subject_account_id_e164"),
    )
    op.create_index("ix_subject_account_id_contact_id", "subject", ["account_id", "contact_id"])
    op.create_table(
        "virtual_number",
        Column("account_id", Id, nullable=False),
        Column("id", Id, nullable=False),
        Column("e164", String(length=16), nullable=False),
        Column("label", String(length=100), nullable=False),
        Column("circle", String(length=40), nullable=True),
        Column("type", String(length=20), nullable=False),
        Column("active", Boolean(), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_virtual_number_account_id_account"),
        PrimaryKeyConstraint("account_id", "id", name="pk_virtual_number"),
        UniqueConstraint("account_id", "e164", name="uq_virtual_number_account_id_e164"),
    )
    op.create_table(
        "agent_department",
        Column("account_id", Id, nullable=False),
        Column("id", Id, nullable=False),
        Column("agent_id", Id, nullable=False),
        Column("department_id", Id, nullable=False),
        ForeignKeyConstraint(
            ["account_id", "agent_id"],
            ["agent.account_id", "agent.id"],
            name="fk_agent_department_account_id_agent_id_agent",
        ),
        ForeignKeyConstraint(
            ["account_id", "department_id"],
            ["department.account_id", "department.id"],
            name="fk_agent_department_account_id_department_id_department",
        ),
        PrimaryKeyConstraint("account_id", "id", name="pk_agent_department"),
        UniqueConstraint(
            "account_id", "agent_id", "department_id", name="uq_agent_department_account_id_agent_id_department_id"
        ),
    )
    op.create_index("ix_agent_department_account_id_department_id", "agent_department", ["account_id", "department_id"])
    op.create_table(
        "call",
        Column("account_id", Id, nullable=False),
        Column("id", Id, nullable=False),
        Column("source", String(length=40), nullable=False),
        Column("source_id", String(length=100), nullable=False),
        Column("change_seq", BigInteger(), nullable=False),
        Column("entered_at", UtcDateTime, nullable=False),
        Column("updated_at", UtcDateTime, nullable=False),
        Column("session_id", String(length=100), nullable=True),
        Column("reference_id", String(length=100), nullable=True),
        Column("number_id", Id, nullable=False),
        Column("department_id", Id, nullable=True),
        Column("agent_id", Id, nullable=True),
        Column("subject_id", Id, nullable=True),
        Column("direction", String(length=20), nullable=False),
        Column("status", String(length=20), nullable=False),
        Column("missed_reason", String(length=20), nullable=True),
        Column("ivr_path", Json, nullable=False),
        Column("started_at", UtcDateTime, nullable=False),
        Column("queued_at", UtcDateTime, nullable=True),
        Column("answered_at", UtcDateTime, nullable=True),
        Column("ended_at", UtcDateTime, nullable=True),
        Column("ivr_s", Integer(), nullable=True),
        Column("ring_s", Integer(), nullable=True),
        Column("wait_s", Integer(), nullable=True),
        Column("talk_s", Integer(), nullable=True),
        Column("total_s", Integer(), nullable=True),
        Column("circle", String(length=40), nullable=True),
        Column("disposition", String(length=60), nullable=True),
        Column("tags", Json, nullable=False),
        Column("cost_paise", Integer(), nullable=True),
        Column("currency", String(length=3), nullable=True),
        Column("has_recording", Boolean(), nullable=False),
        Column("has_voicemail", Boolean(), nullable=False),
        Column("has_transcript", Boolean(), nullable=False),
        CheckConstraint("direction IN ('inbound', 'outbound')", name=op.f("ck_call_direction")),
        CheckConstraint(
            "status IN ('answered', 'missed', 'voicemail', 'abandoned_ivr', 'abandoned_queue', 'busy', 'failed')",
            name=op.f("ck_call_status"),
        ),
        ForeignKeyConstraint(
            ["account_id", "agent_id"], ["agent.account_id", "agent.id"], name="fk_call_account_id_agent_id_agent"
        ),
        ForeignKeyConstraint(
            ["account_id", "department_id"],
            ["department.account_id", "department.id"],
            name="fk_call_account_id_department_id_department",
        ),
        ForeignKeyConstraint(
            ["account_id", "number_id"],
            ["virtual_number.account_id", "virtual_number.id"],
            name="fk_call_account_id_number_id_virtual_number",
        ),
        ForeignKeyConstraint(
            ["account_id", "subject_id"],
            ["subject.account_id", "subject.id"],
            name="fk_call_account_id_subject_id_subject",
        ),
        PrimaryKeyConstraint("account_id", "id", name="pk_call"),
        UniqueConstraint("account_id", "change_seq", name="uq_call_account_id_change_seq"),
        UniqueConstraint("account_id", "source", "source_id", name="uq_call_account_id_source_source_id"),
    )
    op.create_index("ix_call_account_id_agent_id_started_at_id", "call", ["account_id", "agent_id", "started_at", "id"])
    op.create_index(
        "ix_call_account_id_department_id_started_at_id", "call", ["account_id", "department_id", "started_at", "id"]
    )
    op.create_index(
        "ix_call_account_id_number_id_started_at_id", "call", ["account_id", "number_id", "started_at", "id"]
    )
    op.create_index("ix_call_account_id_started_at_id", "call", ["account_id", "started_at", "id"])
    op.create_index("ix_call_account_id_status_started_at_id", "call", ["account_id", "status", "started_at", "id"])
    op.create_index(
        "ix_call_account_id_subject_id_started_at_id", "call", ["account_id", "subject_id", "started_at", "id"]
    )
    op.create_index("ix_call_account_id_updated_at_change_seq", "call", ["account_id", "updated_at", "change_seq"])
    op.create_table(
        "contact",
        Column("account_id", Id, nullable=False),
        Column("id", Id, nullable=False),
        Column("ref", String(length=100), nullable=True),
        Column("subject_id", Id, nullable=False),
        Column("display_name", String(length=200), nullable=True),
        Column("email", String(length=320), nullable=True),
        Column("company", String(length=200), nullable=True),
        Column("city", String(length=100), nullable=True),
        Column("state", String(length=100), nullable=True),
        Column("postal_code", String(length=20), nullable=True),
        Column("birthday", Date(), nullable=True),
        Column("tags", Json, nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("updated_at", UtcDateTime, nullable=False),
        ForeignKeyConstraint(
            ["account_id", "subject_id"],
            ["subject.account_id", "subject.id"],
            name="fk_contact_account_id_subject_id_subject",
        ),
        PrimaryKeyConstraint("account_id", "id", name="pk_contact"),
        UniqueConstraint("account_id", "ref", name="uq_contact_account_id_ref"),
    )
    op.create_index("ix_contact_account_id_subject_id", "contact", ["account_id", "subject_id"])
    op.create_table(
        "call_leg",
        Column("account_id", Id, nullable=False),
        Column("id", Id, nullable=False),
        Column("call_id", Id, nullable=False),
        Column("seq", Integer(), nullable=False),
        Column("agent_id", Id, nullable=True),
        Column("dialled_e164", String(length=16), nullable=True),
        Column("action", String(length=20), nullable=False),
        Column("result", String(length=20), nullable=False),
        Column("ring_at", UtcDateTime, nullable=True),
        Column("answer_at", UtcDateTime, nullable=True),
        Column("end_at", UtcDateTime, nullable=True),
        Column("hangup_cause", String(length=40), nullable=True),
        ForeignKeyConstraint(
            ["account_id", "call_id"], ["call.account_id", "call.id"], name="fk_call_leg_account_id_call_id_call"
        ),
        PrimaryKeyConstraint("account_id", "id", name="pk_call_leg"),
        UniqueConstraint("account_id", "call_id", "seq", name="uq_call_leg_account_id_call_id_seq"),
    )
    op.create_table(
        "call_note",
        Column("account_id", Id, nullable=False),
        Column("id", Id, nullable=False),
        Column("call_id", Id, nullable=False),
        Column("author_id", Id, nullable=True),
        Column("body", Text(), nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        ForeignKeyConstraint(
            ["account_id", "author_id"],
            ["agent.account_id", "agent.id"],
            name="fk_call_note_account_id_author_id_agent",
        ),
        ForeignKeyConstraint(
            ["account_id", "call_id"], ["call.account_id", "call.id"], name="fk_call_note_account_id_call_id_call"
        ),
        PrimaryKeyConstraint("account_id", "id", name="pk_call_note"),
    )
    op.create_index("ix_call_note_account_id_call_id_id", "call_note", ["account_id", "call_id", "id"])
    op.create_table(
        "recording",
        Column("account_id", Id, nullable=False),
        Column("id", Id, nullable=False),
        Column("call_id", Id, nullable=False),
        Column("kind", String(length=20), nullable=False),
        Column("seconds", Integer(), nullable=False),
        Column("format", String(length=10), nullable=False),
        Column("channels", Integer(), nullable=False),
        Column("sha256", String(length=64), nullable=False),
        Column("heard", Boolean(), nullable=True),
        Column("expires_at", UtcDateTime, nullable=True),
        Column("created_at", UtcDateTime, nullable=False),
        CheckConstraint("kind IN ('recording', 'voicemail')", name=op.f("ck_recording_kind")),
        ForeignKeyConstraint(
            ["account_id", "call_id"], ["call.account_id", "call.id"], name="fk_recording_account_id_call_id_call"
        ),
        PrimaryKeyConstraint("account_id", "id", name="pk_recording"),
        UniqueConstraint("account_id", "call_id", "kind", "sha256", name="uq_recording_account_id_call_id_kind_sha256"),
    )
    op.create_index("ix_recording_account_id_expires_at", "recording", ["account_id", "expires_at"])
    op.create_index("ix_recording_account_id_kind_id", "recording", ["account_id", "kind", "id"])
    op.create_table(
        "transcript",
        Column("account_id", Id, nullable=False),
        Column("id", Id, nullable=False),
        Column("call_id", Id, nullable=False),
        Column("language", String(length=10), nullable=False),
        Column("segments", Json, nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        ForeignKeyConstraint(
            ["account_id", "call_id"], ["call.account_id", "call.id"], name="fk_transcript_account_id_call_id_call"
        ),
        PrimaryKeyConstraint("account_id", "id", name="pk_transcript"),
        UniqueConstraint("account_id", "call_id", "language", name="uq_transcript_account_id_call_id_language"),
    )
