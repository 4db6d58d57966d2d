"""Authorization requests that an app sends itself, without a browser: pushed (RFC 9126) and of a device (RFC 8628).

The app proves who it is, and a DPoP proof that comes along binds what will be issued (RFC 9449 10.1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from authlib.oauth2.rfc6749 import InvalidClientError
from sqlalchemy.orm import Session

from connect.core import database, limits, settings
from connect.oauth import authentication, binding, client_documents
from connect.oauth.answers import clean
from connect.oauth.client_documents import DocumentRefused
from connect.oauth.incoming import OAuthRequest
from connect.oauth.server import server

T = TypeVar("T")


def prove(request: OAuthRequest) -> None:
    """Set `request.client`, and the key it asks with. Raises OAuth2Error, and Problem where the client asks too often."""
    _read_document(request)
    client = server.authenticate_client(request, authentication.METHODS)
    limits.hit("token", f"{client.get_client_id()} {request.address}", settings.current().token_rate)
    request.form.setdefault("client_id", client.get_client_id())
    binding.read(request, client, needed=False)
    binding.bind_code(request)


def _read_document(request: OAuthRequest) -> None:
    """What the client's own document says (CIMD), before the client is looked up."""
    try:
        client_documents.bring_up_to_date(request.form.get("client_id", ""), request.address)
    except DocumentRefused as error:
        raise InvalidClientError(clean(str(error)), status_code=400) from error


def keep(request: OAuthRequest, store: Callable[[Session], T]) -> T:
    """What `store` gives, in one transaction with the use of the request's proof."""

    def write(session: Session) -> T:
        request.session = session
        if request.proof is not None:
            request.proof.spend(session)
        kept = store(session)
        authentication.note_use(request)
        return kept

    return database.group_commit(write)
