"""Authorization codes: issued at approval, spent by one conditional UPDATE, remembered a day so that a second use is seen (trap T3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from connect.core import ids
from connect.core.database import Bytes, Id, UtcDateTime
from connect.oauth import standing
from connect.oauth.incoming import StoredRequest
from connect.oauth.models import AuthorizationCode
from connect.oauth.standing import Standing
from connect.oauth.tokens import Basis
from connect.scopes import scopes

PREFIX = "vtc"

_COLUMNS: tuple[Any, ...] = (
    AuthorizationCode.digest, AuthorizationCode.app_id, AuthorizationCode.account_id, AuthorizationCode.grant_id,
    AuthorizationCode.person_id, AuthorizationCode.redirect_uri, AuthorizationCode.scopes, AuthorizationCode.code_challenge,
    AuthorizationCode.resource, AuthorizationCode.jkt, AuthorizationCode.authenticated_at, AuthorizationCode.expires_at,
    AuthorizationCode.used_at, AuthorizationCode.chain_id,
)  # fmt: skip
_OWN = len(_COLUMNS)


@dataclass(frozen=True)
class Approval:
    """Who approved a request, for which account, under which grant; `granted` are the scopes of the grant's own row (trap T2)."""

    account_id: UUID
    grant_id: UUID
    granted: frozenset[str]
    person_id: UUID
    authenticated_at: datetime


@dataclass(frozen=True)
class Code(AuthorizationCodeMixin):
    """A code's row and what it stands on."""

    standing: Standing
    digest: bytes
    app_id: UUID
    account_id: UUID
    grant_id: UUID
    person_id: UUID
    redirect_uri: str
    scopes: list[str]
    code_challenge: str
    resource: str | None
    jkt: str | None
    authenticated_at: datetime
    expires_at: datetime
    used_at: datetime | None
    chain_id: UUID | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        """What the code was issued for, as far as the customer still grants it."""
        return scopes.join(frozenset(self.scopes).intersection(self.standing.grant_scopes or ()))

    def basis(self, chain_id: UUID | None) -> Basis:
        """What the code stands for, with the chain its exchange begins or began."""
        return Basis(
            app_id=self.app_id,
            account_id=self.account_id,
            grant_id=self.grant_id,
            grant_version=self.standing.grant_version,
            chain_id=chain_id,
            resource=self.resource,
            person_id=self.person_id,
            until=self.standing.grant_expires_at,
            authenticated_at=self.authenticated_at,
            terms=self.standing.grant_terms,
        )


def issue(session: Session, digest: bytes, request: StoredRequest, approval: Approval, until: datetime) -> None:
    """Store the code of that digest, to be used before `until`, for what was asked and is granted. Raises ValueError for nothing."""
    names = sorted(frozenset(request.form["scope"].split()) & approval.granted)
    if not names:
        raise ValueError("nothing of what was asked for is granted: the page should have denied")
    row = {
        "digest": digest,
        "app_id": request.app_id,
        "account_id": approval.account_id,
        "grant_id": approval.grant_id,
        "request_id": request.row_id,
        "person_id": approval.person_id,
        "redirect_uri": request.form.get("redirect_uri", ""),
        "scopes": names,
        "code_challenge": request.form.get("code_challenge", ""),
        "resource": request.form.get("resource"),
        "jkt": request.form.get("dpop_jkt"),
        "authenticated_at": approval.authenticated_at,
        "created_at": request.now,
        "expires_at": until,
    }
    session.connection().execute(insert(AuthorizationCode), row)


def find(session: Session, code: str, prefix: str = PREFIX) -> Code | None:
    """The code's row; app and grant are held as they are until the transaction ends (standing.locked)."""
    if not ids.is_token(prefix, code):
        return None
    row = session.connection().execute(_FIND, {"digest": ids.digest(code)}).one_or_none()
    return None if row is None else Code(Standing(*row[_OWN:]), *row[:_OWN])


def spend(session: Session, code: Code, chain_id: UUID, now: datetime) -> bool:
    """Use the code up; False when it has expired or another exchange was faster."""
    spent = session.connection().execute(_SPEND, {"spent": code.digest, "chain": chain_id, "now": now})
    return bool(spent.rowcount)


def first_use(session: Session, code: Code) -> tuple[datetime | None, UUID | None]:
    """When the code was used up, and the chain that began; both None where it was not."""
    used = select(AuthorizationCode.used_at, AuthorizationCode.chain_id).where(AuthorizationCode.digest == code.digest)
    used_at, chain_id = session.connection().execute(used).one()
    return used_at, chain_id


_FIND = standing.locked(select(*_COLUMNS, *standing.COLUMNS), AuthorizationCode).where(
    AuthorizationCode.digest == bindparam("digest", type_=Bytes)
)
_SPEND = (
    update(AuthorizationCode)
    .where(
        AuthorizationCode.digest == bindparam("spent", type_=Bytes),
        AuthorizationCode.used_at.is_(None),
        AuthorizationCode.expires_at > bindparam("now", type_=UtcDateTime),
    )
    .values(used_at=bindparam("now", type_=UtcDateTime), chain_id=bindparam("chain", type_=Id))
)
