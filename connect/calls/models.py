"""The customer's telephony data. Every table is keyed by (account_id, id), so that an account can live on one shard.

Who a caller is stands in `subject` alone: calls and contacts point at it, and erasing a person empties that row. Ids are UUIDv7 made at
entry, so the order of a table's ids is the order of entry, from which its age counts (P7).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from connect.calls.kinds import Direction, RecordingKind, Status
from connect.core.database import Base, Id, Json, UtcDateTime

SALT_BYTES = 16

_E164 = String(16)
_KIND = String(20)
_DIGEST = String(64)


def _belongs_to(table: str, column: str) -> ForeignKeyConstraint:
    """A foreign key inside one account."""
    return ForeignKeyConstraint(["account_id", column], [f"{table}.account_id", f"{table}.id"])


def _one_of(column: str, kinds: type[Direction] | type[Status] | type[RecordingKind]) -> CheckConstraint:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class VirtualNumber(Base):
    """A line of the account. `circle`: the telecom circle it is registered in."""

    __tablename__ = "virtual_number"
    __table_args__ = (UniqueConstraint("account_id", "e164"),)

    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey("account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    e164: Mapped[str] = mapped_column(_E164)
    label: Mapped[str] = mapped_column(String(100))
    circle: Mapped[str | None] = mapped_column(String(40))
    type: Mapped[str] = mapped_column(_KIND)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Department(Base):
    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("account_id", "name"), _belongs_to("department", "parent_id"))

    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey("account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    parent_id: Mapped[UUID | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Agent(Base):
    """Somebody of the customer's who takes calls; the catalogue's `user`. `ref` is the source's own name for them."""

    __tablename__ = "agent"
    __table_args__ = (UniqueConstraint("account_id", "ref"),)

    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey("account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    ref: Mapped[str] = mapped_column(String(100))
    display_name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(_KIND)
    extension: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(320))
    mobile: Mapped[str | None] = mapped_column(_E164)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AgentDepartment(Base):
    """Which departments an agent takes calls for."""

    __tablename__ = "agent_department"
    __table_args__ = (
        UniqueConstraint("account_id", "agent_id", "department_id"),
        Index(None, "account_id", "department_id"),
        _belongs_to("agent", "agent_id"),
        _belongs_to("department", "department_id"),
    )

    account_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    agent_id: Mapped[UUID] = mapped_column(Id)
    department_id: Mapped[UUID] = mapped_column(Id)


class Subject(Base):
    """A person as the account knows them: a number and the contact it stands for.

    `salt` makes the digests in the ledger: erasing salt, number and contact empties the person and keeps the row. `contact_id` has no
    foreign key, since contacts point here and several numbers may be one contact's.
    """

    __tablename__ = "subject"
    __table_args__ = (UniqueConstraint("account_id", "e164"), Index(None, "account_id", "contact_id"))

    account_id: Mapped[UUID] = mapped_column(Id, ForeignKey("account.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    e164: Mapped[str | None] = mapped_column(_E164)
    contact_id: Mapped[UUID | None] = mapped_column(Id)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Contact(Base):
    """A person in the account's address book; `subject_id` is their first number. `ref` is the source's own name for them."""

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("account_id", "ref"),
        Index(None, "account_id", "subject_id"),
        _belongs_to("subject", "subject_id"),
    )

    account_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    ref: Mapped[str | None] = mapped_column(String(100))
    subject_id: Mapped[UUID] = mapped_column(Id)
    display_name: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(320))
    company: Mapped[str | None] = mapped_column(String(200))
    city: Mapped[str | None] = mapped_column(String(100))
    state: Mapped[str | None] = mapped_column(String(100))
    postal_code: Mapped[str | None] = mapped_column(String(20))
    birthday: Mapped[date | None] = mapped_column(Date)
    tags: Mapped[list[str]] = mapped_column(Json, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Call(Base):
    """One call. Durations are whole seconds, null where the source does not know them; cost is paise.

    `change_seq` is taken from the account's counter in the writing transaction, so it grows in the order of commits, and `updated_at`
    never falls while it grows: `updated_since` finds its start by the one and pages on the other. (source, source_id) is what makes an
    import idempotent.
    """

    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("account_id", "source", "source_id"),
        UniqueConstraint("account_id", "change_seq"),
        # A page of the newest, whole or filtered, is a walk down one of these, however long the log is.
        Index(None, "account_id", "started_at", "id"),
        Index(None, "account_id", "number_id", "started_at", "id"),
        Index(None, "account_id", "department_id", "started_at", "id"),
        Index(None, "account_id", "agent_id", "started_at", "id"),
        Index(None, "account_id", "status", "started_at", "id"),
        Index(None, "account_id", "subject_id", "started_at", "id"),
        Index(None, "account_id", "updated_at", "change_seq"),  # where updated_since begins
        _belongs_to("virtual_number", "number_id"),
        _belongs_to("department", "department_id"),
        _belongs_to("agent", "agent_id"),
        _belongs_to("subject", "subject_id"),
        _one_of("status", Status),
        _one_of("direction", Direction),
    )

    account_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str] = mapped_column(String(100))
    change_seq: Mapped[int] = mapped_column(BigInteger)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    session_id: Mapped[str | None] = mapped_column(String(100))
    reference_id: Mapped[str | None] = mapped_column(String(100))
    number_id: Mapped[UUID] = mapped_column(Id)
    department_id: Mapped[UUID | None] = mapped_column(Id)
    agent_id: Mapped[UUID | None] = mapped_column(Id)
    subject_id: Mapped[UUID | None] = mapped_column(Id)  # null: the caller withheld the number
    direction: Mapped[str] = mapped_column(_KIND)
    status: Mapped[str] = mapped_column(_KIND)
    missed_reason: Mapped[str | None] = mapped_column(_KIND)
    ivr_path: Mapped[list[str]] = mapped_column(Json, default=list)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ivr_s: Mapped[int | None]
    ring_s: Mapped[int | None]
    wait_s: Mapped[int | None]
    talk_s: Mapped[int | None]
    total_s: Mapped[int | None]
    circle: Mapped[str | None] = mapped_column(String(40))  # the caller's
    disposition: Mapped[str | None] = mapped_column(String(60))
    tags: Mapped[list[str]] = mapped_column(Json, default=list)
    cost_paise: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    has_recording: Mapped[bool] = mapped_column(default=False)
    has_voicemail: Mapped[bool] = mapped_column(default=False)
    has_transcript: Mapped[bool] = mapped_column(default=False)


class CallLeg(Base):
    """One attempt to reach an agent within a call, in the order of `seq` from 1."""

    __tablename__ = "call_leg"
    __table_args__ = (UniqueConstraint("account_id", "call_id", "seq"), _belongs_to("call", "call_id"))

    account_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    call_id: Mapped[UUID] = mapped_column(Id)
    seq: Mapped[int]
    agent_id: Mapped[UUID | None] = mapped_column(Id)
    dialled_e164: Mapped[str | None] = mapped_column(_E164)
    action: Mapped[str] = mapped_column(_KIND)
    result: Mapped[str] = mapped_column(_KIND)
    ring_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hangup_cause: Mapped[str | None] = mapped_column(String(40))


class CallNote(Base):
    """What an agent wrote about a call."""

    __tablename__ = "call_note"
    __table_args__ = (
        Index(None, "account_id", "call_id", "id"),
        _belongs_to("call", "call_id"),
        _belongs_to("agent", "author_id"),
    )

    account_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    call_id: Mapped[UUID] = mapped_column(Id)
    author_id: Mapped[UUID | None] = mapped_column(Id)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Recording(Base):
    """A recording or a voicemail; its media lies in the media store under (account, sha256). `heard` is a voicemail's."""

    __tablename__ = "recording"
    __table_args__ = (
        UniqueConstraint("account_id", "call_id", "kind", "sha256"),
        Index(None, "account_id", "kind", "id"),
        Index(None, "account_id", "expires_at"),
        _belongs_to("call", "call_id"),
        _one_of("kind", RecordingKind),
    )

    account_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    call_id: Mapped[UUID] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(_KIND)
    seconds: Mapped[int]
    format: Mapped[str] = mapped_column(String(10))
    channels: Mapped[int]
    sha256: Mapped[str] = mapped_column(_DIGEST)
    heard: Mapped[bool | None]
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Transcript(Base):
    """What was said: segments of speaker, start_ms, end_ms, text. One per call and language."""

    __tablename__ = "transcript"
    __table_args__ = (UniqueConstraint("account_id", "call_id", "language"), _belongs_to("call", "call_id"))

    account_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    call_id: Mapped[UUID] = mapped_column(Id)
    language: Mapped[str] = mapped_column(String(10))
    segments: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
