"""Tables of the authorization server. Codes and tokens are global by hash and carry the account and the grant they act for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from connect.core.database import Base, Id, Json, UtcDateTime

ALLOWED, DENIED = "allowed", "denied"  # how a request was decided
_REPLAYED, _ENDED = text("replays > 0"), text("ended_at IS NOT NULL")


class AuthRequest(Base):
    """An authorization request (RFC 6749 4.1.1); sign-in and consent carry its id. Decided once.

    `pushed_digest` is the SHA-256 of the reference that a pushed one is known by (RFC 9126). One of a device (RFC 8628) has no redirect
    URI; it is known by `device_digest`, the SHA-256 of its device code, and to people by `user_code`, which opens nothing but the page
    of consent. No index holds a column that a poll changes.
    """

    __tablename__ = "auth_request"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    app_id: Mapped[UUID] = mapped_column(Id)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)  # the request's parameters as they were checked
    redirect_uri: Mapped[str] = mapped_column(String(2000))
    scopes: Mapped[list[str]] = mapped_column(Json)
    state: Mapped[str | None] = mapped_column(Text)
    session_id: Mapped[UUID | None] = mapped_column(Id)  # bound at first view by a signed-in person
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str | None] = mapped_column(String(20))  # ALLOWED, DENIED
    account_id: Mapped[UUID | None] = mapped_column(Id)
    grant_id: Mapped[UUID | None] = mapped_column(Id)
    pushed_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    device_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    user_code: Mapped[str | None] = mapped_column(String(8), unique=True)
    poll_interval: Mapped[int | None]  # seconds the device has to leave between two polls
    polled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AuthorizationCode(Base):
    """A code by its SHA-256; spent by one conditional UPDATE, kept a day so that a second use is seen.

    A device code becomes one when its request is allowed; it has neither a redirect URI nor a challenge.
    """

    __tablename__ = "authorization_code"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    app_id: Mapped[UUID] = mapped_column(Id)
    account_id: Mapped[UUID] = mapped_column(Id)
    grant_id: Mapped[UUID] = mapped_column(Id)
    request_id: Mapped[UUID] = mapped_column(Id)
    person_id: Mapped[UUID] = mapped_column(Id)
    redirect_uri: Mapped[str] = mapped_column(String(2000))
    scopes: Mapped[list[str]] = mapped_column(Json)
    code_challenge: Mapped[str] = mapped_column(String(128))
    resource: Mapped[str | None] = mapped_column(String(2000))  # the audience, as audience.py writes it
    jkt: Mapped[str | None] = mapped_column(String(43))  # the key that must exchange it (RFC 9449 10)
    authenticated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    chain_id: Mapped[UUID | None] = mapped_column(Id)  # what its exchange began


class TokenChain(Base):
    """What one authorization code began: its access tokens and, with offline_access, its line of refresh tokens.

    One row for the whole line. `current` and `previous` are SHA-256; `replay_box` is the last answer, sealed under the token that was
    presented for it, so that a lost answer can be asked again while `replay_until` lasts and the database alone cannot open it.
    """

    __tablename__ = "token_chain"
    # For housekeeping. No index holds a column that a rotation changes, so that PostgreSQL writes it in place (heap-only tuples).
    __table_args__ = (
        Index(None, "account_id", "grant_id"),
        Index(None, "app_id"),
        Index("ix_token_chain_replayed", "id", sqlite_where=_REPLAYED, postgresql_where=_REPLAYED),
        Index("ix_token_chain_ended", "ended_at", sqlite_where=_ENDED, postgresql_where=_ENDED),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    app_id: Mapped[UUID] = mapped_column(Id)
    account_id: Mapped[UUID] = mapped_column(Id)
    grant_id: Mapped[UUID] = mapped_column(Id)
    scopes: Mapped[list[str]] = mapped_column(Json)
    resource: Mapped[str | None] = mapped_column(String(2000))
    generation: Mapped[int] = mapped_column(default=0)
    current: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    previous: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    replay_box: Mapped[bytes | None] = mapped_column(LargeBinary)
    replay_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replays: Mapped[int] = mapped_column(default=0)
    jkt: Mapped[str | None] = mapped_column(String(43))  # the key that must refresh (RFC 9449 5)
    authenticated_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime
    )  # when the person who allowed it had signed in
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    idle_expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str] = mapped_column(String(40), default="")


class AccessToken(Base):
    """An access token by its SHA-256. Without a grant it stands for the app alone (client_credentials). `id` is its public handle."""

    __tablename__ = "access_token"
    __table_args__ = (Index(None, "chain_id"), Index(None, "account_id", "grant_id"), Index(None, "app_id"))

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, unique=True)
    app_id: Mapped[UUID] = mapped_column(Id)
    account_id: Mapped[UUID | None] = mapped_column(Id)
    grant_id: Mapped[UUID | None] = mapped_column(Id)
    chain_id: Mapped[UUID | None] = mapped_column(Id)
    scopes: Mapped[list[str]] = mapped_column(Json)
    resource: Mapped[str | None] = mapped_column(String(2000))
    jkt: Mapped[str | None] = mapped_column(String(43))  # the key that must send it; None for a bearer token
    authenticated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SpentProof(Base):
    """A proof that was used and may not be used again, by the SHA-256 of its kind and of what names it (replay.py)."""

    __tablename__ = "spent_proof"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
