"""Authorization requests: each is a row, made at /oauth/authorize and decided once on the consent page.

Sign-in and consent carry its id, never its parameters, so what is approved is what was shown (trap T18).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Connection, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from apps_registry import unverified
from apps_registry.origins import Origin
from connect.accounts.models import SignInSession
from connect.core import clock, database, ids, settings
from connect.core.problems import Problem
from connect.grants.models import Grant
from connect.oauth import codes, details, models, reauthentication
from connect.oauth.answers import ToApp, ToPage
from connect.oauth.codes import Approval
from connect.oauth.grant_types.authorization_code import AuthorizationCodeGrant
from connect.oauth.incoming import OAuthRequest, StoredRequest
from connect.oauth.models import AuthRequest

PREFIX = "areq"  # of a request's id in an address
_KEPT = (
    "response_type",
    "response_mode",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "dpop_jkt",
    "prompt",
    "max_age",
    "login_hint",
    details.PARAMETER,
)
ALLOWED, DENIED = models.ALLOWED, models.DENIED
DEVICE = "/device"  # the page at which a person types the code that a device shows


class AlreadyDecided(Exception):
    """Another click, tab or person answered this request first."""


@dataclass(frozen=True)
class AuthorizationRequest:
    """An authorization request as the consent page reads it. `scopes` are what the app asks for, in alphabetical order."""

    id: UUID
    app_id: UUID
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None
    session_id: UUID | None
    created_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    decision: str | None
    account_id: UUID | None
    grant_id: UUID | None
    device_digest: bytes | None
    user_code: str | None
    parameters: Mapping[str, str]

    @property
    def expired(self) -> bool:
        return self.expires_at <= clock.now()

    @property
    def sign_in_after(self) -> datetime | None:
        """A person whose sign-in is older than this confirms it first (reauthentication.py); None where any will do."""
        return reauthentication.sign_in_after(self.parameters, self.created_at)

    @property
    def open(self) -> bool:
        """Whether it may still be decided."""
        return self.decided_at is None and not self.expired


def text_id(request_id: UUID) -> str:
    """The id as it stands in /consent/{id}."""
    return ids.encode(PREFIX, request_id)


def store(session: Session, request: OAuthRequest, *, reference: str | None = None) -> UUID:
    """Keep a request that passed every rule; its id. One that is pushed has a `reference`, and less time until a browser brings it."""
    config = settings.current()
    kept = row(request, config.pushed_request_ttl if reference else config.auth_request_ttl)
    session.connection().execute(
        insert(AuthRequest), kept | {"pushed_digest": ids.digest(reference) if reference else None}
    )
    if request.client.app.origin != Origin.TEAM:
        unverified.note_use(session, request.client.app_id)
    request_id: UUID = kept["id"]
    return request_id


def row(request: OAuthRequest, life: timedelta) -> dict[str, Any]:
    """A new row for a request that passed every rule."""
    kept = {name: request.form[name] for name in _KEPT if name in request.form}
    if request.audience is not None:
        kept["resource"] = request.audience
    return {
        "id": ids.new(),
        "app_id": request.client.app_id,
        "payload": kept | {"scope": request.scope},
        "redirect_uri": request.form.get("redirect_uri", ""),
        "scopes": request.scope.split(),
        "state": request.payload.state,
        "created_at": request.now,
        "expires_at": request.now + life,
    }


def load(request_id: UUID, using: Connection | None = None) -> AuthorizationRequest | None:
    """The request as it stands; None when there is none of that id."""
    return _one(AuthRequest.id == request_id, using)


def of_user_code(user_code: str) -> AuthorizationRequest | None:
    """The request of a device that shows this code (user_codes.read), as long as its row is kept."""
    return _one(AuthRequest.user_code == user_code)


def bind_session(session: Session, request_id: UUID, sign_in_session_id: UUID) -> None:
    """Bind the request to the signed-in session that views it first. One whose session has ended may be bound anew ("not you?").

    Raises Problem conflict when another live session has it, gone when it has expired or does not exist.
    """
    now = clock.now()
    holder = exists().where(
        SignInSession.id == AuthRequest.session_id, SignInSession.ended_at.is_(None), SignInSession.expires_at > now
    )
    alive = (AuthRequest.id == request_id, AuthRequest.expires_at > now)
    free = or_(AuthRequest.session_id == sign_in_session_id, ~holder)
    bound = update(AuthRequest).where(*alive, free).values(session_id=sign_in_session_id)
    if session.connection().execute(bound).rowcount:
        return
    if session.connection().execute(select(AuthRequest.id).where(*alive)).first() is None:
        raise _gone()
    raise Problem("conflict", _("This request was opened in another session. Start again from the app."))


def decide(session: Session, request_id: UUID, decision: str) -> None:
    """Decide `allowed` or `denied`, once: the first act of whoever answers, so that a second click finds nothing left to do.

    Raises AlreadyDecided; Problem gone when the request has expired or does not exist.
    """
    now = clock.now()
    undecided = (AuthRequest.id == request_id, AuthRequest.decided_at.is_(None), AuthRequest.expires_at > now)
    decided = update(AuthRequest).where(*undecided).values(decided_at=now, decision=decision)
    if session.connection().execute(decided).rowcount:
        return
    found = load(request_id, session.connection())
    if found is not None and found.decided_at is not None:
        raise AlreadyDecided
    raise _gone()


def approve(
    session: Session, request_id: UUID, *, grant: Grant, person_id: UUID, authenticated_at: datetime
) -> ToApp | ToPage:
    """The answer to a request that was just decided `allowed`: a code, on its way to the app. A device has its code already; its person
    is sent to a page that tells them to go back to it.

    `grant` is the account's live grant to the app; the code is for those of the asked scopes that are in it (trap T2). Raises
    AlreadyDecided when the request was answered before or decided otherwise, ValueError when nothing asked for is granted.
    """
    answered = (
        update(AuthRequest)
        .where(
            AuthRequest.id == request_id,
            AuthRequest.decision == ALLOWED,
            AuthRequest.grant_id.is_(None),
            AuthRequest.app_id == grant.app_id,
        )
        .values(account_id=grant.account_id, grant_id=grant.id)
    )
    if not session.connection().execute(answered).rowcount:
        raise AlreadyDecided
    approval = Approval(grant.account_id, grant.id, frozenset(grant.scopes), person_id, authenticated_at)
    return _answer(session, request_id, approval)


def deny(session: Session, request_id: UUID) -> ToApp | ToPage:
    """The answer to a request that was just decided `denied`: access_denied, or as above."""
    return _answer(session, request_id, None)


def _answer(session: Session, request_id: UUID, approval: Approval | None) -> ToApp | ToPage:
    """Made out of the row alone: Authlib would read the HTTP request again and lose state (trap T19)."""
    found = load(request_id, session.connection())
    if found is None or found.decision != (DENIED if approval is None else ALLOWED):
        raise AlreadyDecided
    stored = StoredRequest(found.id, found.app_id, found.parameters, session)
    if found.device_digest is None:
        return AuthorizationCodeGrant.answer(stored, approval)
    if approval is not None:
        until = max(found.expires_at, stored.now + settings.current().code_ttl)  # a late answer is heard too
        codes.issue(session, found.device_digest, stored, approval, until)
    return ToPage(f"{DEVICE}/{text_id(found.id)}")


def _one(wanted: ColumnElement[bool], using: Connection | None = None) -> AuthorizationRequest | None:
    with database.read() if using is None else nullcontext(using) as connection:
        found = connection.execute(_REQUEST.where(wanted)).one_or_none()
    return None if found is None else _view(found)


def _view(found: Any) -> AuthorizationRequest:
    values = found._mapping
    return AuthorizationRequest(**{**values, "scopes": tuple(values["scopes"])})


def _gone() -> Problem:
    return Problem("gone", _("This request has expired. Start again from the app."))


_REQUEST = select(
    *(getattr(AuthRequest, name) for name in AuthorizationRequest.__dataclass_fields__ if name != "parameters"),
    AuthRequest.payload.label("parameters"),
)
