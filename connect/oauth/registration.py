"""Apps that register themselves: the registration endpoint (RFC 7591) and the one by which they change or end it (RFC 7592).

Authlib's two endpoints are not used. They echo whatever was sent, make a secret for clients that can have none, fail on members of
another type than they expect, take redirect URIs that ours do not (trap T12), answer most errors without a word on what is wrong, and
print one. What would be left of them is the order of four calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from authlib.consts import default_json_headers
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AccessDeniedError, InvalidRequestError
from authlib.oauth2.rfc7591 import InvalidClientMetadataError, InvalidRedirectURIError
from flask import Response, request

from apps_registry import clients, lifecycle, metadata, queries, unverified
from apps_registry.errors import RedirectRefused, RegistryError
from apps_registry.lifecycle import State
from apps_registry.metadata import Metadata
from apps_registry.unverified import Known
from connect.core import database, limits, settings, strict_json
from connect.oauth import gone_apps, well_known
from connect.oauth.answers import clean
from connect.oauth.errors import BodyTooLarge, Guess, UnsupportedMediaType
from connect.oauth.server import Answer, server

_JSON = "application/json"
_OURS = ("registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at")


class NoRegistration(OAuth2Error):
    """The operator has switched it off; the metadata (RFC 8414) then names no endpoint."""

    error, status_code = "access_denied", 404


class NotItsToken(Guess, OAuth2Error):
    """No registration access token, or not that of this client, or no such client: one and the same answer (RFC 7592 2.1)."""

    error, status_code = "invalid_token", 401

    def get_headers(self) -> list[tuple[str, str]]:
        headers: list[tuple[str, str]] = super().get_headers()
        return [*headers, ("WWW-Authenticate", 'Bearer realm="VoiceTree Connect", error="invalid_token"')]


def answered(act: Callable[[], Answer]) -> Response:
    """What `act` answers to the present request; a refusal in the form of RFC 7591 3.2.2."""
    config, address = settings.current(), request.remote_addr or ""
    try:
        limits.peek("oauth guess", address, config.token_failure_rate)
        return server.handle_response(*act())
    except OAuth2Error as error:
        if isinstance(error, Guess):
            limits.hit("oauth guess", address, config.token_failure_rate)
        return server.handle_error_response(None, error)


def register() -> Answer:
    """POST /oauth/register (RFC 7591 3): a new app, its registration access token, and its secret where it has one."""
    config = settings.current()
    if not config.registration:
        raise NoRegistration("Apps do not register themselves here. Ask the operator, or register with a team.")
    limits.hit("registration", request.remote_addr or "", config.registration_rate)
    given = _metadata(_body())
    with database.unit_of_work() as session:
        made = unverified.register(session, given)
        client_id = made.app.client_id
    secret = {"client_secret": made.secret, "client_secret_expires_at": 0} if made.secret else {}
    return 201, _told(client_id, made.token) | secret, default_json_headers


def look(client_id: str) -> Answer:
    """GET (RFC 7592 2.1)."""
    _own(client_id)
    return 200, _told(client_id, _token()), default_json_headers


def change(client_id: str) -> Answer:
    """PUT (RFC 7592 2.2): what is sent stands in place of all that stood before."""
    known, sent = _own(client_id), _body()
    _check_change(client_id, sent)
    given = _metadata(sent)
    try:
        with database.unit_of_work() as session:
            unverified.change(session, known.app_id, given)
    except RegistryError as error:
        raise InvalidClientMetadataError(clean(str(error))) from error
    return 200, _told(client_id, _token()), default_json_headers


def end(client_id: str) -> Answer:
    """DELETE (RFC 7592 2.3): nothing of the app works any more, and its grants end."""
    known = _own(client_id)
    with database.unit_of_work() as session:
        gone_apps.delete(session, known.app_id, client_id)
    return 204, "", [("Cache-Control", "no-store"), ("Pragma", "no-cache")]


ACTS: Mapping[str, Callable[[str], Answer]] = {"GET": look, "HEAD": look, "PUT": change, "DELETE": end}


def _own(client_id: str) -> Known:
    """The app whose registration access token came with the request."""
    with database.read() as connection:
        known = unverified.known(connection, client_id)
    if known is None or not known.holds(_token()) or known.state == State.RETIRED:
        raise NotItsToken("This is not the registration access token of a client that is registered here.")
    if known.state in lifecycle.CLOSED:
        raise AccessDeniedError(f"The app is {known.state}.", status_code=403)
    return known


def _token() -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _body() -> dict[str, Any]:
    """The JSON object that was sent, of a bounded size."""
    limit = settings.current().oauth_body_limit
    if request.mimetype != _JSON:
        raise UnsupportedMediaType(f"The body must be {_JSON}.")
    if (request.content_length or 0) > limit:
        raise BodyTooLarge(f"The body may have {limit} bytes.")
    request.max_content_length = limit  # for a body without a length
    try:
        return strict_json.parse_object(request.get_data(cache=False))
    except ValueError as error:
        raise InvalidClientMetadataError(clean(f"The body cannot be read: {error}.")) from error


def _metadata(sent: Mapping[str, Any]) -> Metadata:
    try:
        return metadata.read(sent)
    except RedirectRefused as error:
        raise InvalidRedirectURIError(clean(f"Rule '{error.rule}': {error}")) from error
    except RegistryError as error:
        of_redirects = {each.field for each in error.errors} == {"redirect_uris"}
        kind = InvalidRedirectURIError if of_redirects else InvalidClientMetadataError
        raise kind(clean(str(error))) from error


def _check_change(client_id: str, sent: Mapping[str, Any]) -> None:
    """RFC 7592 2.2: whom it is about, and what only the platform says."""
    if sent.get("client_id") != client_id:
        raise InvalidRequestError("The client_id must be there, and be that of the address.")
    for name in _OURS:
        if name in sent:
            raise InvalidRequestError(f"Leave out {name}: it is not for the app to set.")
    secret = sent.get("client_secret")
    client = clients.find_client(client_id)
    if secret is not None and not (isinstance(secret, str) and client is not None and client.knows_secret(secret)):
        raise InvalidRequestError("The client_secret is not the one that was given out; leave it out.")


def _told(client_id: str, token: str) -> dict[str, Any]:
    """The client information response (RFC 7592 3): what is registered, and where to change it."""
    address = f"{settings.current().base_url}{well_known.REGISTER}/{client_id}"
    manage = {"registration_client_uri": address, "registration_access_token": token}
    return metadata.told(queries.app_page(queries.app_id_of(client_id))) | manage
