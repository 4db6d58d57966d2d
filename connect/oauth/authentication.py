"""How a client proves who it is (RFC 6749 2.3, RFC 7521 4.2): one way a request, one answer and one time for all failures (trap T10).

Authlib's own methods look at one after the other, tell an unknown client from a wrong secret, and leave `+` undecoded.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote_plus
from uuid import UUID

from authlib.oauth2.rfc6749 import InvalidRequestError, UnauthorizedClientError

from apps_registry import services
from connect.core import database, ids
from connect.oauth import assertions, client_keys, clients
from connect.oauth.assertions import Assertion, InvalidAssertion
from connect.oauth.clients import OAuthClient
from connect.oauth.errors import UnknownClient
from connect.oauth.incoming import OAuthRequest

BASIC, POST, NONE = "client_secret_basic", "client_secret_post", "none"
KEY = "private_key_jwt"
PROVED = (BASIC, POST, KEY)  # those that prove something
METHODS = (*PROVED, NONE)
_NOTED_EVERY = timedelta(minutes=10)
_noted: dict[UUID, datetime] = {}  # by secret; there are two for an app at most
_NOBODYS_SECRET = ids.digest("compared with when there is no client, so that the time says nothing")


@dataclass(frozen=True)
class Presented:
    """The credentials in a request; `secret` and `assertion` are there where `method` has them."""

    method: str
    client_id: str
    secret: str = ""
    assertion: Assertion | None = None


def authenticate(request: OAuthRequest, methods: Collection[str]) -> OAuthClient:
    """The client that `request` proves to come from, by one of `methods`.

    Raises InvalidRequestError for two methods at once, UnknownClient for anything that is not proved (InvalidAssertion for what cannot
    be anybody's), UnauthorizedClientError for a client that is who it says and is suspended or retired.
    """
    presented = _presented(request)
    client = clients.find(presented.client_id)
    proved = _proved(client, presented)
    if client is None or not proved or presented.method not in methods:
        raise UnknownClient(challenge=presented.method == BASIC)
    if presented.assertion is not None:
        _spend(presented.assertion)
    if not client.app.usable:
        raise UnauthorizedClientError(f"The app is {client.app.state}.")
    request.auth_method = presented.method
    request.secret = client.app.secret_used(presented.secret)
    return client


def note_use(request: OAuthRequest) -> None:
    """Remember, in the request's transaction, that its client's secret was used: once in a while for each process."""
    secret = request.secret
    if secret is not None and _noted.get(secret.id, request.now - _NOTED_EVERY) <= request.now - _NOTED_EVERY:
        services.note_secret_use(request.session, secret.id)
        database.after_commit(request.session, lambda: _noted.update({secret.id: request.now}))


def _spend(assertion: Assertion) -> None:
    """Use the assertion up, in a commit of its own.

    Here and not in the transaction of what it is sent for: it is spent whatever becomes of that, so a copy of it learns nothing from
    the errors that come later; and one place does it for all endpoints, of which not every one writes.
    """
    if not database.group_commit(assertion.spend):
        raise InvalidAssertion("This client assertion was used before; make one, with its own jti, for each request.")


def _proved(client: OAuthClient | None, presented: Presented) -> bool:
    if presented.assertion is not None:
        right = client_keys.made(client.app if client else None, presented.assertion)
    elif client is None or not client.app.secrets:
        right = hmac.compare_digest(ids.digest(presented.secret), _NOBODYS_SECRET)
    else:
        right = client.check_client_secret(presented.secret)
    if client is None or not client.check_endpoint_auth_method(presented.method, "token"):
        return False
    return right or presented.method == NONE


def _presented(request: OAuthRequest) -> Presented:
    """What is there, by the first method that is there; a second one is an error (RFC 6749 2.3)."""
    header, form = request.headers.get("Authorization"), request.form
    asserted = any(name in form for name in assertions.MEMBERS)
    if [header is not None, "client_secret" in form, asserted].count(True) > 1:
        raise _two_ways()
    if asserted:
        assertion = assertions.read(form, request.now)
        return Presented(KEY, assertion.client_id, assertion=assertion)
    if header is None:
        secret = form.get("client_secret", "")
        return Presented(POST if secret else NONE, form.get("client_id", ""), secret)
    presented = _basic(header)
    if form.get("client_id", presented.client_id) != presented.client_id:
        raise _two_ways()
    return presented


def _two_ways() -> InvalidRequestError:
    return InvalidRequestError(
        "Use one way to authenticate the client: the Authorization header, a secret in the body, or an assertion."
    )


def _basic(header: str) -> Presented:
    """Client id and secret of an Authorization header; both are form-encoded inside it (RFC 6749 2.3.1)."""
    scheme, _, value = header.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError("another scheme")
        client_id, colon, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
        if not colon:
            raise ValueError("no colon")
        client_id, secret = (unquote_plus(text, errors="strict") for text in (client_id, secret))
        if "\x00" in client_id + secret:
            raise ValueError("a NUL")
        return Presented(BASIC, client_id, secret)
    except (ValueError, binascii.Error) as error:
        raise UnknownClient(challenge=True) from error
