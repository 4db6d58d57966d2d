"""Guessing is throttled (RFC 6819 5.1.4.2.3, checklist 50), and nobody can have another locked out by it.

Who does not prove who they are answers for it with their address: after too many wrong secrets, codes or tokens nothing from there is
looked at, right or wrong, until the window is over. The client that is named pays nothing, from wherever it is.

A client that has proved who it is answers for itself, and only what is wrong is refused: strangers can feed an app made-up codes at its
redirect URI, or made-up tokens that it asks about, and its own must go on working. What is guessed there has 256 bits.
"""

from __future__ import annotations

from typing import Any

from flask import request as flask_request

from connect.core import limits, settings
from connect.oauth import authentication
from connect.oauth.clients import OAuthClient
from connect.oauth.incoming import OAuthRequest

_AT_AN_ENDPOINT, _BY_A_CLIENT, _AT_THE_API = "oauth guess", "wrong token", "api guess"


def refuse_guessers(address: str) -> None:
    """Raise Problem too-many-requests where `address` has guessed too often. It costs a read at most."""
    limits.peek(_AT_AN_ENDPOINT, address, settings.current().token_failure_rate)


def count(request: OAuthRequest) -> None:
    """A secret, code or token in `request` was wrong. Raises Problem too-many-requests where it was one too many."""
    rate = settings.current().token_failure_rate
    if request.client is not None and request.auth_method != authentication.NONE:
        limits.hit(_BY_A_CLIENT, request.client.get_client_id(), rate)
    else:
        limits.hit(_AT_AN_ENDPOINT, request.address, rate)


def count_at_the_api() -> None:
    """The present API request came with a token that was never issued; as for a client, only what is wrong is refused."""
    limits.hit(_AT_THE_API, flask_request.remote_addr or "", settings.current().token_failure_rate)


class CountsUnknownTokens:
    """Mixin of the endpoints that are asked about a token: one that is unknown to the client may be a guess."""

    def authenticate_token(self, request: OAuthRequest, client: OAuthClient) -> Any:
        token = super().authenticate_token(request, client)  # type: ignore[misc]
        if token is None:
            count(request)
        return token
