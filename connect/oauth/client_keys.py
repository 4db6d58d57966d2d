"""Whether a client's own key made a signature; for a client that does not exist, or has none, after the same time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from apps_registry import keys, published_keys
from apps_registry.clients import Client
from connect.core.public_keys import PublicKey
from connect.oauth.assertions import Assertion

_KINDS: dict[str, Callable[[], Key]] = {
    "ES256": lambda: ECKey.generate_key("P-256"),
    "PS256": lambda: RSAKey.generate_key(2048),
}


def made(client: Client | None, assertion: Assertion) -> bool:
    """Whether a key of `client` signed `assertion`. One signature is checked, whatever there is."""
    found = _key(client, assertion) if client else None
    right = assertion.signed.made_with(found.key if found else _nobodys(assertion.algorithm))
    return right and found is not None


def _key(client: Client, assertion: Assertion) -> PublicKey | None:
    """The key of that kid; without a kid the only key there is (OpenID Connect Core 10.1). None where its alg is another."""
    own = _own(client, assertion.kid)
    named = [key for key in own if key.kid == assertion.kid] if assertion.kid is not None else list(own)
    return named[0] if len(named) == 1 and named[0].may_check(assertion.algorithm) else None


def _own(client: Client, kid: object) -> tuple[PublicKey, ...]:
    """The client's keys. Reading published ones may take longer than anything else here; client ids are no secret (RFC 6749 2.2)."""
    if client.jwks_uri:
        return published_keys.of(client.jwks_uri, kid)
    return keys.held(client.jwks)


@cache
def _nobodys(algorithm: str) -> Key:
    """A key for `algorithm` that no client has."""
    return _KINDS.get(algorithm, lambda: OKPKey.generate_key("Ed25519"))()
