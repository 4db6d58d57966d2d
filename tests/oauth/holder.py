"""Somebody who holds a key and proves it, right or wrong: in DPoP proofs (RFC 9449) and client assertions (RFC 7523)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from joserfc import jwk
from joserfc.jws import JWSRegistry
from werkzeug.test import TestResponse

from apps_registry.keys import Keys
from connect.core import clock, settings
from connect.oauth import assertions
from tests.oauth.flow import Flow
from tests.support import world

KINDS = {
    "ES256": lambda: jwk.ECKey.generate_key("P-256"),
    "PS256": lambda: jwk.RSAKey.generate_key(2048),
    "EdDSA": lambda: jwk.OKPKey.generate_key("Ed25519"),
    "Ed25519": lambda: jwk.OKPKey.generate_key("Ed25519"),
}


def segment(value: Any) -> str:
    """A part of a JWT: base64url of bytes, or of JSON."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Holder:
    """A key, and the proofs made with it. Members that are None are left out."""

    algorithm: str = "ES256"
    key: Any = field(default=None)
    kid: str | None = None

    def __post_init__(self) -> None:
        self.key = self.key or KINDS[self.algorithm]()

    @property
    def jkt(self) -> str:
        return str(self.key.thumbprint())

    def proof(
        self,
        path: str = "/oauth/token",
        method: str = "POST",
        token: str | None = None,
        header: dict[str, Any] | None = None,
        **changes: Any,
    ) -> str:
        """A good proof for a request but for `header` and `changes` of its claims."""
        head = {"typ": "dpop+jwt", "alg": self.algorithm, "jwk": self.key.as_dict(private=False)} | (header or {})
        claims = {
            "jti": secrets.token_urlsafe(12),
            "htm": method,
            "htu": settings.current().base_url + path,
            "iat": int(clock.now().timestamp()),
            "ath": segment(hashlib.sha256(token.encode()).digest()) if token else None,
        } | changes
        return self.sign(_there(head), _there(claims))

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key, as an app registers it."""
        return {**self.key.as_dict(private=False), "kid": self.kid or self.jkt}

    def assertion(self, client_id: str, header: dict[str, Any] | None = None, **changes: Any) -> str:
        """A good client assertion but for `header` and `changes` of its claims."""
        head = {"typ": "JWT", "alg": self.algorithm, "kid": self.jwk["kid"]} | (header or {})
        now = int(clock.now().timestamp())
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": settings.current().base_url,
            "jti": secrets.token_urlsafe(12),
            "iat": now,
            "exp": now + 60,
        } | changes
        return self.sign(_there(head), _there(claims))

    def credentials(self, client_id: str, header: dict[str, Any] | None = None, **changes: Any) -> dict[str, str]:
        """The parameters of a request that authenticates with an assertion."""
        return {
            "client_assertion_type": assertions.TYPE,
            "client_assertion": self.assertion(client_id, header, **changes),
        }

    def sign(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """A signature over anything, so that a header may be wrong."""
        body = f"{segment(header)}.{segment(claims)}"
        algorithm = JWSRegistry.algorithms["Ed25519" if self.algorithm == "EdDSA" else self.algorithm]
        return f"{body}.{segment(algorithm.sign(body.encode(), self.key))}"

    def headers(self, path: str = "/oauth/token", method: str = "POST", **changes: Any) -> dict[str, str]:
        return {"DPoP": self.proof(path, method, **changes)}

    def authorization(self, token: str, path: str = "/v1/probe", method: str = "GET", **changes: Any) -> dict[str, str]:
        """The headers of an API request with a bound token."""
        return {"Authorization": f"DPoP {token}", "DPoP": self.proof(path, method, token, **changes)}

    def get(self, app: Flask, token: str, path: str = "/v1/probe", **changes: Any) -> TestResponse:
        return app.test_client().get(path, headers=self.authorization(token, path, **changes))

    def exchange(self, flow: Flow, code: str, **changes: str | None) -> TestResponse:
        return flow.exchange(code, headers=flow.client_auth | self.headers(), **changes)

    def refresh(self, flow: Flow, token: str, **changes: str | None) -> TestResponse:
        return flow.refresh(token, headers=flow.client_auth | self.headers(), **changes)

    def connect(self, flow: Flow, **changes: Any) -> dict[str, Any]:
        """The token response at the end of the whole flow, bound to the key."""
        answer = self.exchange(flow, flow.code(**changes))
        assert answer.status_code == 200, answer.data
        said: dict[str, Any] = answer.json
        assert said["token_type"] == "DPoP"
        return said


def with_key(app: Flask, holder: Holder, name: str = "Key Traders", **registered: Any) -> Flow:
    """An app whose one key is that of `holder`."""
    keys = Keys({"keys": [holder.jwk]})
    made = world.make(name=name, auth_method="private_key_jwt", keys=keys, **registered)
    return Flow(app, made, signer=holder, pushes=registered.get("profile") == "fapi")


def _there(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
