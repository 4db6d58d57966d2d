"""Tables of grants: what a customer allowed an app, each version of it, and the receipt of each version."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from connect.core.database import Base, Id, Json, UtcDateTime

LIVE = ("active", "paused")  # the states of a grant that has not ended
BY_APP = "the app ended the connection"  # why a grant ended; customers read it in words of their page
_NOT_ENDED = text(f"state IN {LIVE}")  # a tuple of words is written as SQL writes it
_ASKED = text("confirm_by IS NOT NULL")


class Grant(Base):
    """The grant as it stands. Codes, tokens, deliveries and receipts point at it; to revoke is this one row.

    `state`: active, paused, revoked, expired, lapsed. Each change bumps `version`. One live grant per account and app.
    """

    __tablename__ = "grant"
    __table_args__ = (
        Index(
            "uq_grant_live", "account_id", "app_id", unique=True, sqlite_where=_NOT_ENDED, postgresql_where=_NOT_ENDED
        ),
        Index(None, "app_id", "state"),
        Index("ix_grant_expiry", "expires_at", sqlite_where=_NOT_ENDED, postgresql_where=_NOT_ENDED),
        Index("ix_grant_confirm_by", "confirm_by", sqlite_where=_ASKED, postgresql_where=_ASKED),
    )

    account_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    app_id: Mapped[UUID] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    scopes: Mapped[list[str]] = mapped_column(Json)  # granted, sorted
    refused: Mapped[list[str]] = mapped_column(Json)
    terms: Mapped[dict[str, Any]] = mapped_column(Json)
    catalogue_version: Mapped[str] = mapped_column(String(64))
    app_version_id: Mapped[UUID] = mapped_column(Id)
    given_by: Mapped[UUID] = mapped_column(Id)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_over_by: Mapped[UUID | None] = mapped_column(
        Id
    )  # who changed or confirmed it since, and stands behind it now
    confirm_by: Mapped[datetime | None] = mapped_column(
        UtcDateTime
    )  # asked of the account (backing.py); None: not asked
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str] = mapped_column(String(40), default="")

    @property
    def backer(self) -> UUID:
        """The person who stands behind it: who gave, changed or confirmed it last."""
        return self.taken_over_by or self.given_by


class GrantVersion(Base):
    """A grant as it stood from one act to the next; never changed afterwards. `event`: given, changed, narrowed, paused …"""

    __tablename__ = "grant_version"
    __table_args__ = (ForeignKeyConstraint(["account_id", "grant_id"], ["grant.account_id", "grant.id"]),)

    account_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    grant_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    scopes: Mapped[list[str]] = mapped_column(Json)
    refused: Mapped[list[str]] = mapped_column(Json)
    terms: Mapped[dict[str, Any]] = mapped_column(Json)
    catalogue_version: Mapped[str] = mapped_column(String(64))
    app_version_id: Mapped[UUID] = mapped_column(Id)
    notice_hash: Mapped[str | None] = mapped_column(String(64))
    policy_hash: Mapped[str | None] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_kind: Mapped[str] = mapped_column(String(20))  # person, system, operator, app
    actor_id: Mapped[UUID | None] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    entry_id: Mapped[UUID] = mapped_column(Id)  # the ledger entry of this act


class GrantRefusal(Base):
    """A consent that was declined as a whole; kept, so that the auditor can see that somebody said no."""

    __tablename__ = "grant_refusal"

    account_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    app_id: Mapped[UUID] = mapped_column(Id)
    scopes: Mapped[list[str]] = mapped_column(Json)
    person_id: Mapped[UUID] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    entry_id: Mapped[UUID] = mapped_column(Id)
