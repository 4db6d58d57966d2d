"""Whether a client's own key made a signature; for a client that does not exist, or has none, after the same time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from apps_registry import keys, published_keys
from apps_registry.clients import Client
from connect.core import public_keys
from connect.core.public_keys import PublicKey
from connect.oauth.assertions import Assertion

_KINDS: dict[str, Callable[[], Key]] = {
    "ES256": lambda: ECKey.generate_key("P-256"),
    "PS256": lambda: RSAKey.generate_key(2048),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519"),
    "Ed25519": lambda: OKPKey.generate_key("Ed25519"),
}


def made(client: Client | None, assertion: Assertion) -> bool:
    """Whether a key of `client` signed `assertion`. One key is read and one signature checked, whatever there is."""
    found = _own(client, assertion.kid) if client else None
    own = found is not None and found.may_check(assertion.algorithm)
    key = found.key if found and own else public_keys.public_key(_nobodys(assertion.algorithm))
    return assertion.signed.made_with(key) and own


def _own(client: Client, kid: object) -> PublicKey | None:
    """The client's key of that name. Reading published ones may take longer than anything else here; client ids are no secret (RFC 6749
    2.2)."""
    if client.jwks_uri:
        return public_keys.named(published_keys.of(client.jwks_uri, kid), kid)
    return keys.held_as(client.jwks, kid)


@cache
def _nobodys(algorithm: str) -> dict[str, Any]:
    """A key for `algorithm` that no client has, as a JWK."""
    made: dict[str, Any] = _KINDS[algorithm]().as_dict(private=False)
    return made
