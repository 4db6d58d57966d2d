"""An app on requests-oauthlib, which many Python programs have already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

Token = dict[str, Any]


class RequestsOauthlibApp:
    """A refused token raises oauthlib's OAuth2Error."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, redirect_uri: str, scope: str) -> None:
        found = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=10).json()
        secret = HTTPBasicAuth(client_id, client_secret)
        session = OAuth2Session(client_id, scope=scope.split(), redirect_uri=redirect_uri, pkce="S256")
        self.found, self.session, self.secret = found, session, secret

    def connect(self, visit: Callable[[str], str]) -> Token:
        found, session, secret = self.found, self.session, self.secret
        address, _ = session.authorization_url(found["authorization_endpoint"])
        callback = visit(address)
        if parse_qs(urlsplit(callback).query).get("iss") != [found["issuer"]]:
            raise ValueError("Somebody else answered.")
        token = session.fetch_token(found["token_endpoint"], authorization_response=callback, auth=secret, timeout=10)
        return dict(token)

    def read(self, token: Token, path: str) -> requests.Response:
        issuer, session = self.found["issuer"], self.session
        session.token = token
        return session.get(f"{issuer}{path}", timeout=10)

    def refresh(self, token: Token) -> Token:
        found, session, secret = self.found, self.session, self.secret
        spent = token["refresh_token"]
        token = session.refresh_token(found["token_endpoint"], refresh_token=spent, auth=secret, timeout=10)
        return dict(token)

    def revoke(self, token: Token) -> requests.Response:
        found, secret = self.found, self.secret
        form = {"token": token["refresh_token"]}
        return requests.post(found["revocation_endpoint"], form, auth=secret, timeout=10)
