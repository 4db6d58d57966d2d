"""Token introspection (RFC 7662): an app that proves who it is asks about its own tokens; about anybody else's it learns nothing."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from connect.core import database, ids, settings
from connect.oauth import authentication, details, presented
from connect.oauth.clients import OAuthClient
from connect.oauth.guessing import CountsUnknownTokens
from connect.oauth.incoming import OAuthRequest, required
from connect.oauth.presented import Presented


class Introspection(CountsUnknownTokens, IntrospectionEndpoint):
    """POST /oauth/introspect."""

    CLIENT_AUTH_METHODS = authentication.PROVED

    def check_params(self, request: OAuthRequest, client: OAuthClient) -> None:
        required(request, "token")

    def query_token(self, token_string: str, token_type_hint: str | None) -> Presented | None:
        with database.read() as connection:
            return presented.find(connection, token_string)

    def check_permission(self, token: Presented, client: OAuthClient, request: OAuthRequest) -> bool:
        return token.check_client(client)

    def introspect_token(self, token: Presented) -> dict[str, Any]:
        row = token.row
        said = {
            "active": True,
            "iss": settings.current().base_url,
            "client_id": row.standing.client_id,
            **token.claims(),
        }
        if row.account_id is None or row.grant_id is None:
            return said | {"sub": row.standing.client_id}
        account = {"sub": ids.encode("acc", row.account_id), "grant_id": ids.encode("grant", row.grant_id)}
        return said | account | details.granted(row.standing.grant_terms) | {"grant_state": row.standing.grant_state}
