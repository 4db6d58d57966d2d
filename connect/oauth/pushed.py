"""Pushed authorization requests (RFC 9126): the app sends the parameters itself, proves who it is, and gives the browser a reference.

The request is a row like any other; its reference is a random value, kept as a digest. It is spent when somebody answers the request,
not when the page loads, so that signing in, loading anew and going back work.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from authlib.consts import default_json_headers
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connect.core import database, ids, settings
from connect.core.problems import Problem
from connect.oauth import direct, requests, rules
from connect.oauth.answers import clean
from connect.oauth.incoming import OAuthRequest, StoredRequest
from connect.oauth.models import AuthRequest

PREFIX = "vtp"
URN = "urn:ietf:params:oauth:request_uri:"  # RFC 9126 2.2


def push(request: OAuthRequest) -> tuple[int, dict[str, Any], Any]:
    """POST /oauth/par: status, body and headers. Raises OAuth2Error for a client that is not proved or a rule that is not kept."""
    direct.prove(request)
    _check(request)
    reference = ids.token(PREFIX)
    direct.keep(request, lambda session: requests.store(session, request, reference=reference))
    life = settings.current().pushed_request_ttl
    said = {"request_uri": URN + reference, "expires_in": int(life.total_seconds())}
    return 201, said, default_json_headers


def follow(request: OAuthRequest) -> StoredRequest:
    """The request whose reference the browser brings; what else is in the address does not count (RFC 9126 4).

    Raises Problem for a page: the reference is another client's, was spent, or came too late.
    """
    for rule in rules.REFERRED:
        rule(request)
    if "request_uri" in request.repeated:
        raise _of_no_use()
    found = database.group_commit(lambda session: _opened(session, request))
    if found is None:
        raise _of_no_use()
    return found


def _check(request: OAuthRequest) -> None:
    """The rules of every authorization request. The app reads the answer itself, so nothing goes by way of its redirect URI."""
    try:
        rules.check(request)
    except Problem as problem:
        raise InvalidRequestError(clean(problem.detail)) from problem
    except OAuth2Error as error:
        error.redirect_uri = None
        raise


def _opened(session: Session, request: OAuthRequest) -> StoredRequest | None:
    """The first time a browser brings it, the request gets the time that every request has for sign-in and consent."""
    digest = ids.digest(request.form["request_uri"].removeprefix(URN))
    found = session.execute(_WAITING.where(AuthRequest.pushed_digest == digest)).one_or_none()
    if found is None or found.app_id != request.client.app_id or found.expires_at <= request.now:
        return None
    until: datetime = found.created_at + settings.current().auth_request_ttl
    if found.expires_at < until:
        session.execute(update(AuthRequest).where(AuthRequest.id == found.id).values(expires_at=until))
    return StoredRequest(found.id, found.app_id, found.payload, session, asked_at=found.created_at)


def _of_no_use() -> Problem:
    return Problem(
        "invalid-request",
        _(
            "This link was used already, is too old, or is not for this app (invalid_request_uri). Start again from the app."
        ),
    )


_WAITING = select(
    AuthRequest.id, AuthRequest.app_id, AuthRequest.payload, AuthRequest.created_at, AuthRequest.expires_at
).where(AuthRequest.decided_at.is_(None))
