"""Finds the token that a client sends to revocation or introspection. Its prefix says which kind it is, so a hint, right or wrong, is
not needed (RFC 7009 2.1; Authlib's documented lookup by hint revokes nothing for a wrong one, trap T6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc6749 import TokenMixin
from sqlalchemy import Connection

from connect.core import clock, ids
from connect.oauth import access, audience, chains, reauthentication, refresh_tokens, tokens
from connect.oauth.access import Token
from connect.oauth.chains import Chain
from connect.oauth.clients import OAuthClient
from connect.oauth.refresh_tokens import RefreshToken
from connect.scopes import scopes


@dataclass(frozen=True)
class PresentedAccess(TokenMixin):
    """An access token of ours."""

    row: Token

    def check_client(self, client: OAuthClient) -> bool:
        return self.row.app_id == client.app_id

    def is_expired(self) -> bool:
        return self.row.expires_at <= clock.now()

    def is_revoked(self) -> bool:
        return self.row.revoked_at is not None or self.row.standing.end(clock.now()) is not None

    def claims(self) -> dict[str, Any]:
        """What introspection says of it besides what every token has (RFC 7662 2.2)."""
        return {
            "token_type": self.row.basis.token_type,
            "scope": scopes.join(self.row.effective),
            "jti": ids.encode(tokens.HANDLE, self.row.id),
            "iat": _seconds(self.row.issued_at),
            "exp": _seconds(self.row.expires_at),
            "aud": audience.named(self.row.resource),
            **_key(self.row.jkt),
            **_sign_in(self.row.authenticated_at),
        }


@dataclass(frozen=True)
class PresentedRefresh(TokenMixin):
    """A refresh token of ours, whichever generation, with its chain."""

    token: RefreshToken
    row: Chain

    def check_client(self, client: OAuthClient) -> bool:
        return self.row.app_id == client.app_id

    def is_expired(self) -> bool:
        return self.row.over(clock.now())

    def is_revoked(self) -> bool:
        return self.token.digest != self.row.current or self.row.standing.end(clock.now()) is not None

    def claims(self) -> dict[str, Any]:
        """As for an access token; `exp` is when it ends if it is not used."""
        granted = frozenset(self.row.scopes).intersection(self.row.standing.grant_scopes or ())
        return {
            "scope": scopes.join(granted),
            "exp": _seconds(min(self.row.idle_expires_at, self.row.expires_at)),
            **_key(self.row.jkt),
        }


Presented = PresentedAccess | PresentedRefresh


def find(connection: Connection, text: str) -> Presented | None:
    """The token of that text; None when it is none of ours, or its row is gone."""
    if found := access.find(connection, text):
        return PresentedAccess(found)
    token = refresh_tokens.parse(text)
    chain = chains.look(connection, token.chain_id) if token else None
    return PresentedRefresh(token, chain) if token and chain else None


def _key(jkt: str | None) -> dict[str, Any]:
    """RFC 9449 6.2."""
    return {} if jkt is None else {"cnf": {"jkt": jkt}}


def _sign_in(at: datetime | None) -> dict[str, Any]:
    """RFC 9470 6.2; nobody signed in for a token of the app alone."""
    return {} if at is None else {"auth_time": _seconds(at), "acr": reauthentication.PASSWORD}


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
