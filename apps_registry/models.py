"""Tables of the registry: developer teams, their apps, and what each version of an app may ask for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from connect.core.database import Base, Id, Json, UtcDateTime


class DeveloperTeam(Base):
    """Who develops apps; people belong to it through a membership."""

    __tablename__ = "developer_team"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    legal_name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class App(Base):
    """A third-party app: an OAuth client (RFC 6749 2) and what people are told about it. `state`: see lifecycle.py.

    `origin`: `team`, or how one that no team answers for came here (origins.py).
    """

    __tablename__ = "app"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    client_id: Mapped[str] = mapped_column(String(255), unique=True)
    team_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("developer_team.id"), index=True)
    origin: Mapped[str] = mapped_column(String(20), default="team")
    owner_account_id: Mapped[UUID | None] = mapped_column(Id)  # set for a private app: the one account it is for
    name: Mapped[str] = mapped_column(String(100))
    legal_developer: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    home_url: Mapped[str] = mapped_column(String(2000), default="")
    privacy_policy_url: Mapped[str] = mapped_column(String(2000))
    terms_url: Mapped[str] = mapped_column(String(2000), default="")
    support_email: Mapped[str] = mapped_column(String(320), default="")
    connect_url: Mapped[str] = mapped_column(String(2000), default="")
    client_kind: Mapped[str] = mapped_column(String(20))  # confidential, public, native, service, device
    auth_method: Mapped[str] = mapped_column(
        String(40)
    )  # client_secret_basic, client_secret_post, none, private_key_jwt
    profile: Mapped[str] = mapped_column(String(20), default="standard")  # standard or fapi
    jwks: Mapped[dict[str, Any] | None] = mapped_column(Json)  # its public keys, where it gave them (RFC 7591 2)
    jwks_uri: Mapped[str | None] = mapped_column(String(2000))  # where it publishes them, where it does
    state: Mapped[str] = mapped_column(String(20), index=True)
    state_reason: Mapped[str] = mapped_column(Text, default="")
    suspended_from: Mapped[str | None] = mapped_column(String(20))  # the state to go back to when it is reinstated
    retention_days: Mapped[int] = mapped_column(Integer, default=30)
    policy_hash: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of the privacy policy's text, once fetched
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClientRegistration(Base):
    """What is kept of an app that registered itself beside the app: when it was last of use, and what it is known by.

    `token_digest` is the SHA-256 of its registration access token (RFC 7592); `fresh_until` is how long what its metadata document
    said is taken for true (CIMD). An app has one of the two.
    """

    __tablename__ = "client_registration"

    app_id: Mapped[UUID] = mapped_column(Id, ForeignKey("app.id"), primary_key=True)
    token_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    fresh_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AppVersion(Base):
    """A set of scopes and default terms; grants draw from the one in force. `state`: draft, in_review, published, refused."""

    __tablename__ = "app_version"
    __table_args__ = (UniqueConstraint("app_id", "number"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    app_id: Mapped[UUID] = mapped_column(Id, ForeignKey("app.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    default_terms: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # to the reviewers, the last time
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RequestedScope(Base):
    """A scope that a version asks for, with the developer's purpose in their words."""

    __tablename__ = "requested_scope"

    app_version_id: Mapped[UUID] = mapped_column(Id, ForeignKey("app_version.id"), primary_key=True)
    scope: Mapped[str] = mapped_column(String(64), primary_key=True)
    required: Mapped[bool] = mapped_column(Boolean)
    purpose: Mapped[str] = mapped_column(Text, default="")
    purpose_hi: Mapped[str] = mapped_column(Text, default="")


class RedirectUri(Base):
    """A registered redirection endpoint (RFC 6749 3.1.2), matched exactly."""

    __tablename__ = "redirect_uri"

    app_id: Mapped[UUID] = mapped_column(Id, ForeignKey("app.id"), primary_key=True)
    uri: Mapped[str] = mapped_column(String(2000), primary_key=True)


class AppSecret(Base):
    """A client secret as its SHA-256; at most two live. `hint` is the last four characters."""

    __tablename__ = "app_secret"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    app_id: Mapped[UUID] = mapped_column(Id, ForeignKey("app.id"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    hint: Mapped[str] = mapped_column(String(4))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AppTester(Base):
    """An account that may connect a draft or testing app (at most five)."""

    __tablename__ = "app_tester"

    app_id: Mapped[UUID] = mapped_column(Id, ForeignKey("app.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(Id, primary_key=True)


class Review(Base):
    """What a reviewer decided about a version, with the reason both sides see."""

    __tablename__ = "review"
    __table_args__ = (Index(None, "app_version_id", "decided_at"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    app_version_id: Mapped[UUID] = mapped_column(Id, ForeignKey("app_version.id"))
    reviewer_id: Mapped[UUID | None] = mapped_column(Id)  # null: the operator, by command
    decision: Mapped[str] = mapped_column(String(20))  # approved, refused, changes_asked
    comment: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
