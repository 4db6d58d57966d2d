"""refresh_token (RFC 6749 6) by the chain scheme of chains.py: one successor for all who refresh at the same moment (trap T4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from authlib.oauth2.rfc6749 import InvalidGrantError, TokenMixin, grants

from connect.oauth import chains, record, refresh_tokens, thefts
from connect.oauth.chains import Chain
from connect.oauth.clients import OAuthClient
from connect.oauth.errors import NeverIssued, TheftSeen
from connect.oauth.grant_types.base import Issuing, must_be_for, must_stand
from connect.oauth.refresh_tokens import RefreshToken
from connect.scopes import scopes


@dataclass(frozen=True)
class Presented(TokenMixin):
    """A refresh token with the chain it names. `refused` are scopes that a request may name too, and does not get."""

    token: RefreshToken
    chain: Chain
    refused: frozenset[str]

    def check_client(self, client: OAuthClient) -> bool:
        return self.chain.app_id == client.app_id

    def get_scope(self) -> str:
        return scopes.join(self.refused.union(self.chain.scopes))


class RefreshTokenGrant(Issuing, grants.RefreshTokenGrant):
    """Rotation, but in the fapi tier, whose tokens are bound to a key; `scope` may narrow the access token, never the chain."""

    def authenticate_refresh_token(self, refresh_token: str) -> Presented:
        token = refresh_tokens.parse(refresh_token)
        if token is None:
            raise NeverIssued
        chain = chains.find(self.request.session, token.chain_id)
        if chain is None:
            raise InvalidGrantError("The refresh token has ended.")
        presented = Presented(token, chain, self._passed_over(chain))
        if presented.check_client(self.request.client):
            must_stand(chain.standing, self.request)
            _must_go_on(chain, self.request.now)
            must_be_for(self.request, jkt=chain.jkt, resource=chain.resource)
        return presented

    def create_token_response(self) -> tuple[int, bytes, Any]:
        token, chain = self.request.refresh_token.token, self.request.refresh_token.chain
        if self.request.client.keeps_refresh_token:
            body = self._same(token, chain) or self._refuse(token)
        else:
            body = self._successor(token, chain) or self._again(token) or self._refuse(token)
        return 200, body, self.TOKEN_RESPONSE_HEADER

    def _passed_over(self, chain: Chain) -> frozenset[str]:
        """What the customer refused, where it is asked for beside what they granted (RFC 6749 3.3).

        Authlib's client and oauthlib's send the scope of the first request again at every refresh; an invalid_scope would end their
        connection with each customer who left a box unticked.
        """
        asked, own = frozenset((self.request.payload.scope or "").split()), frozenset(chain.scopes)
        return chains.refused(self.request.session, chain) if asked & own and asked - own else frozenset()

    def _same(self, token: RefreshToken, chain: Chain) -> bytes | None:
        """The answer with the refresh token that was sent (FAPI 2.0 5.3.2.1 (9)); None when `token` is not the chain's, or it ended.

        It is there again because many clients keep the last answer as it came, and would be left without one (RFC 6749 6).
        """
        request = self.request
        request.user = chain.basis
        said = self.generate_token(scope=self._scope(chain)) | {"refresh_token": token.text}
        if not chains.keep(request.session, token, request.now):
            return None
        self.server.save_token(said, request)
        return orjson.dumps(said)

    def _successor(self, token: RefreshToken, chain: Chain) -> bytes | None:
        """The answer with the next refresh token; None when `token` is no longer the newest."""
        request = self.request
        request.user = chain.basis
        said = self.generate_token(scope=self._scope(chain))
        successor = refresh_tokens.make(chain.id, token.generation + 1)
        body = orjson.dumps(said | {"refresh_token": successor.text})
        if not chains.rotate(request.session, token, successor, body, request.now, request.jkt):
            return None
        if chain.replays:
            record.replayed(request.session, chain.basis, chain.generation, chain.replays)
        self.server.save_token(said | {"refresh_token": successor.text}, request)
        return body

    def _again(self, token: RefreshToken) -> bytes | None:
        """The answer that `token` got a moment ago, for who holds the key that it was bound to."""
        request = self.request
        try:
            return chains.again(request.session, token, request.now, request.jkt)
        except ValueError as error:
            raise InvalidGrantError("This was refreshed a moment ago with another key.") from error

    def _scope(self, chain: Chain) -> str:
        """What was asked for, or all of the chain, as far as the customer still grants it."""
        asked = self.request.payload.scope
        own = frozenset(chain.scopes).intersection(chain.standing.grant_scopes or ())
        left = own.intersection(asked.split()) if asked else own
        if not left:
            raise InvalidGrantError("Nothing of what this token could do is granted any more.")
        return scopes.join(left)

    def _refuse(self, token: RefreshToken) -> bytes:
        """Raises: the chain has moved on past `token`, and what comes that late is a copy of it."""
        chain = chains.find(self.request.session, token.chain_id)
        if chain is None or token.generation >= chain.generation:
            raise InvalidGrantError("The refresh token has ended.")
        _must_go_on(chain, self.request.now)
        thefts.seen(self.request, chain.basis, chains.REUSE)
        raise TheftSeen("The refresh token was used before; its chain has ended. Connect again.")


def _must_go_on(chain: Chain, now: Any) -> None:
    if chain.over(now):
        raise InvalidGrantError(
            f"This has ended: {chain.end_reason or 'it was not used, or reached its longest life'}."
        )
