"""An app on Authlib's own client, whose other half the platform is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session

Token = dict[str, Any]


class AuthlibApp:
    """`options` go to OAuth2Session, such as token_endpoint_auth_method. A refused token raises Authlib's OAuthError."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str | None, redirect_uri: str, scope: str, **options: Any
    ) -> None:
        found = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=10).json()
        session = OAuth2Session(
            client_id,
            client_secret,
            scope=scope,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            token_endpoint=found["token_endpoint"],
            default_timeout=10,
            **options,
        )
        self.found, self.session = found, session

    def connect(self, visit: Callable[[str], str]) -> Token:
        found, session = self.found, self.session
        verifier = generate_token(48)
        address, state = session.create_authorization_url(found["authorization_endpoint"], code_verifier=verifier)
        callback = visit(address)
        if parse_qs(urlsplit(callback).query).get("iss") != [found["issuer"]]:
            raise ValueError("Somebody else answered.")
        token = session.fetch_token(authorization_response=callback, state=state, code_verifier=verifier)
        return dict(token)

    def read(self, token: Token, path: str) -> requests.Response:
        issuer, session = self.found["issuer"], self.session
        session.token = token
        return session.get(f"{issuer}{path}")

    def refresh(self, token: Token) -> Token:
        session = self.session
        token = session.refresh_token(refresh_token=token["refresh_token"])
        return dict(token)

    def revoke(self, token: Token) -> requests.Response:
        found, session = self.found, self.session
        return session.revoke_token(found["revocation_endpoint"], token=token["refresh_token"])
