"""Tables of accounts and people: who they are, what they may do where, how they sign in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from connect.core.database import Base, Id, UtcDateTime


class Account(Base):
    """A customer of the telephony vendor. `change_counter` numbers the changes of its calls in commit order."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(64), default="Asia/Kolkata")
    region: Mapped[str] = mapped_column(String(8), default="IN")
    state: Mapped[str] = mapped_column(String(20), default="active")  # active, closed
    kind: Mapped[str] = mapped_column(String(20), default="customer")  # customer, sandbox
    change_counter: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Person(Base):
    """Somebody who signs in. `state`: active, closed."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)  # lower case
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))  # argon2id
    state: Mapped[str] = mapped_column(String(20), default="active")
    adult_declared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # P11
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Membership(Base):
    """A role of a person in an account, a developer team, or with the vendor's staff (then both are null)."""

    __tablename__ = "membership"
    __table_args__ = (Index(None, "person_id"), Index(None, "account_id", "role"), Index(None, "team_id", "role"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    account_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("account.id"))
    team_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("developer_team.id"))
    role: Mapped[str] = mapped_column(String(20))  # see roles.py
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # an examiner's last day
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SignInSession(Base):
    """A signed-in browser. The cookie holds a random value, the row its SHA-256; both change at sign-in and step-up."""

    __tablename__ = "sign_in_session"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"), index=True)
    account_id: Mapped[UUID | None] = mapped_column(Id)  # the account the person works in
    authenticated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")


class OneTimeLink(Base):
    """A link that works once, such as one to set a password."""

    __tablename__ = "one_time_link"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PolicyVersion(Base):
    """A version of the privacy policy or the terms, by date and hash (P13)."""

    __tablename__ = "policy_version"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    document: Mapped[str] = mapped_column(String(40))  # privacy, terms
    digest: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PolicyAcceptance(Base):
    """Which version a person accepted, and when (P13)."""

    __tablename__ = "policy_acceptance"

    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"), primary_key=True)
    policy_version_id: Mapped[UUID] = mapped_column(Id, ForeignKey("policy_version.id"), primary_key=True)
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)
