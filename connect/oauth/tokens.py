"""Access tokens: opaque, kept as their SHA-256, ended by their row. Server and API share a database, so nothing is cached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from connect.core import ids, settings
from connect.oauth import details
from connect.oauth.models import AccessToken
from connect.scopes import scopes
from connect.scopes.scopes import Tier

PREFIX = "vta"
HANDLE = "tok"  # prefix of a token's public handle, as the ledger names it


@dataclass(frozen=True)
class Basis:
    """What a token is issued on. Without an account it stands for the app alone; `until` is when the grant ends.

    `jkt` is the thumbprint of the key it is bound to, `authenticated_at` when the person who allowed it had signed in, `terms` are the
    grant's as they stand.
    """

    app_id: UUID
    account_id: UUID | None = None
    grant_id: UUID | None = None
    grant_version: int | None = None
    chain_id: UUID | None = None
    resource: str | None = None
    person_id: UUID | None = None
    until: datetime | None = None
    jkt: str | None = None
    authenticated_at: datetime | None = None
    terms: Mapping[str, Any] | None = None

    @property
    def token_type(self) -> str:
        """RFC 6750 6.1.1, RFC 9449 5."""
        return "Bearer" if self.jkt is None else "DPoP"


@dataclass(frozen=True)
class Issued:
    """A token as it was stored; `handle` is its public name."""

    id: UUID
    expires_at: datetime

    @property
    def handle(self) -> str:
        return ids.encode(HANDLE, self.id)


def answer(names: Iterable[str], basis: Basis, now: datetime) -> dict[str, Any]:
    """A new access token in the form of a token response (RFC 6749 5.1), not stored yet. `scope` is always there (3.3)."""
    names = frozenset(names)
    said: dict[str, Any] = {
        "access_token": ids.token(PREFIX),
        "token_type": basis.token_type,
        "expires_in": int(_lifetime(names, basis, now).total_seconds()),
        "scope": scopes.join(names),
    }
    if basis.grant_id is not None:
        said |= {"grant_id": ids.encode("grant", basis.grant_id), **details.granted(basis.terms)}
    return said


def save(session: Session, said: Mapping[str, Any], basis: Basis, now: datetime) -> Issued:
    """Store the access token of an answer."""
    issued = Issued(ids.new(), now + timedelta(seconds=said["expires_in"]))
    row = {
        "digest": ids.digest(said["access_token"]),
        "id": issued.id,
        "app_id": basis.app_id,
        "account_id": basis.account_id,
        "grant_id": basis.grant_id,
        "chain_id": basis.chain_id,
        "scopes": said["scope"].split(),
        "resource": basis.resource,
        "jkt": basis.jkt,
        "authenticated_at": basis.authenticated_at,
        "issued_at": now,
        "expires_at": issued.expires_at,
        "revoked_at": None,
    }
    session.connection().execute(_INSERT, row)
    return issued


def end(session: Session, token_id: UUID, now: datetime) -> bool:
    """End one access token; False when it had ended before."""
    ended = update(AccessToken).where(AccessToken.id == token_id, AccessToken.revoked_at.is_(None))
    return bool(session.connection().execute(ended.values(revoked_at=now)).rowcount)


def end_of_chain(session: Session, chain_id: UUID, now: datetime) -> None:
    """End every access token that a chain made."""
    of_chain = update(AccessToken).where(AccessToken.chain_id == chain_id, AccessToken.revoked_at.is_(None))
    session.connection().execute(of_chain.values(revoked_at=now))


def _lifetime(names: frozenset[str], basis: Basis, now: datetime) -> timedelta:
    """Shorter where a scope of tier T3 is in it, and never past the grant's own end."""
    config = settings.current()
    restricted = scopes.highest_tier(names) == Tier.T3
    longest = config.sensitive_token_ttl if restricted else config.access_token_ttl
    return longest if basis.until is None else min(longest, basis.until - now)


_INSERT = insert(AccessToken)
