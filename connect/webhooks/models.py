"""Tables of webhooks: where an app wants to be told, what happened, and each delivery of it. The delivery table is the queue."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from connect.core.database import Base, Bytes, Id, Json, UtcDateTime
from connect.core.queue import Columns, Leased

FIRST, RETRY = 0, 1  # lanes: neither waits behind the other
KEPT = ("enabled", "disabled")  # states of an endpoint that was not removed
NO_ACCOUNT = UUID(int=0)  # the account of a sample: nobody's
OPEN = "state IN ('pending', 'sending')"


def is_open(row: Columns | type[Delivery]) -> ColumnElement[bool]:
    """Whether a delivery still has a way to go. Written as the indexes have it, in literals, or they could not be used."""
    state: Any = row.state
    return state.in_([literal_column("'pending'"), literal_column("'sending'")])  # type: ignore[no-any-return]


class WebhookEndpoint(Base):
    """A URL of an app. `state`: enabled, disabled, removed.

    `sequence` is the number last given to a delivery. `failing_since` and `failures` say how long, and how often in a row, nothing
    got through; both start anew at a success. `claimed_at` keeps claims going round.
    """

    __tablename__ = "webhook_endpoint"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    app_id: Mapped[UUID] = mapped_column(Id, ForeignKey("app.id"), index=True)
    url: Mapped[str] = mapped_column(String(2048))
    types: Mapped[list[str]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(20))
    state_reason: Mapped[str] = mapped_column(String(40), default="")
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EndpointSecret(Base):
    """A signing secret, sealed. Several sign side by side until the older ones' `expires_at`."""

    __tablename__ = "endpoint_secret"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    endpoint_id: Mapped[UUID] = mapped_column(Id, ForeignKey("webhook_endpoint.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(Bytes)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Event(Base):
    """That something happened: its type and the id of the record, never a value. `app_id` is set where it concerns one app alone."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("account_id", "type", "dedupe_key"),)

    account_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    app_id: Mapped[UUID | None] = mapped_column(Id)
    type: Mapped[str] = mapped_column(String(40))
    dedupe_key: Mapped[str] = mapped_column(String(100))
    resource: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[UUID] = mapped_column(Id)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Delivery(Leased, Base):
    """An event on its way to an endpoint under a grant.

    `state`: pending, sending, delivered, failed, cancelled, skipped. `needs_grant` is false for what discloses nothing of the
    account's. `sequence` is given at the first claim; `withheld` says that consent ended after that, so the number goes out without
    data. `attempts` counts claims. `last_status` and `last_error` are those of the newest attempt.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("account_id", "event_id", "endpoint_id"),
        ForeignKeyConstraint(["account_id", "event_id"], ["event.account_id", "event.id"]),
        ForeignKeyConstraint(["account_id", "grant_id"], ["grant.account_id", "grant.id"]),
        Index(
            "ix_delivery_queue", "endpoint_id", "lane", "due_at", sqlite_where=text(OPEN), postgresql_where=text(OPEN)
        ),
        Index("ix_delivery_due", "due_at", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_delivery_grant", "account_id", "grant_id", sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_delivery_log", "endpoint_id", "id"),
        Index("ix_delivery_settled", "settled_at"),
    )

    account_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    event_id: Mapped[UUID] = mapped_column(Id)
    endpoint_id: Mapped[UUID] = mapped_column(Id, ForeignKey("webhook_endpoint.id"))
    grant_id: Mapped[UUID | None] = mapped_column(Id)
    app_id: Mapped[UUID] = mapped_column(Id)
    needs_grant: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(String(20))
    lane: Mapped[int] = mapped_column(SmallInteger, default=FIRST)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    sequence: Mapped[int | None] = mapped_column(BigInteger)
    withheld: Mapped[bool] = mapped_column(Boolean, default=False)
    last_status: Mapped[int | None] = mapped_column(Integer)
    last_error: Mapped[str] = mapped_column(String(20), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DeliveryAttempt(Base):
    """One request of a delivery: when, how long its parts took, what came back. Times in milliseconds, sizes in bytes.

    `entry_id` is the ledger entry of what was sent; null where nothing of the account's was. No copy of request or response is kept
    (P5).
    """

    __tablename__ = "delivery_attempt"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "delivery_id"], ["delivery.account_id", "delivery.id"]),
        Index(None, "account_id", "delivery_id"),
        Index(None, "endpoint_id", "id"),
    )

    account_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    delivery_id: Mapped[UUID] = mapped_column(Id)
    endpoint_id: Mapped[UUID] = mapped_column(Id)
    number: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str] = mapped_column(String(20), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    dns_ms: Mapped[int | None] = mapped_column(Integer)
    connect_ms: Mapped[int | None] = mapped_column(Integer)
    first_byte_ms: Mapped[int | None] = mapped_column(Integer)
    total_ms: Mapped[int] = mapped_column(Integer)
    bytes_sent: Mapped[int] = mapped_column(Integer)
    bytes_received: Mapped[int] = mapped_column(Integer)
    entry_id: Mapped[UUID | None] = mapped_column(Id)


TABLE, ENDPOINTS = cast(Table, Delivery.__table__), cast(Table, WebhookEndpoint.__table__)
