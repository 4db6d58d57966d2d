"""Token revocation (RFC 7009): a refresh token takes its whole chain with it, an access token goes alone."""

from __future__ import annotations

from authlib.oauth2.rfc7009 import RevocationEndpoint
from sqlalchemy.orm import Session

from connect.core import database
from connect.oauth import authentication, chains, presented, record, tokens
from connect.oauth.clients import OAuthClient
from connect.oauth.guessing import CountsUnknownTokens
from connect.oauth.incoming import OAuthRequest, required
from connect.oauth.presented import Presented, PresentedAccess

_REASON, _ACTOR = "revoked by the app", "app"


class Revocation(CountsUnknownTokens, RevocationEndpoint):
    """POST /oauth/revoke. An unknown token is a success (2.2); one of another client is refused (2.1)."""

    CLIENT_AUTH_METHODS = authentication.METHODS

    def check_params(self, request: OAuthRequest, client: OAuthClient) -> None:
        required(request, "token")

    def query_token(self, token_string: str, token_type_hint: str | None) -> Presented | None:
        with database.read() as connection:
            return presented.find(connection, token_string)

    def revoke_token(self, token: Presented, request: OAuthRequest) -> None:
        def end(session: Session) -> None:
            if isinstance(token, PresentedAccess):
                if tokens.end(session, token.row.id, request.now):
                    record.token_ended(session, token.row, _REASON, _ACTOR, request.request_id)
            elif chains.end(session, token.row.id, _REASON, request.now):
                record.chain_ended(session, token.row.basis, _REASON, _ACTOR, request.request_id)

        database.group_commit(end)
