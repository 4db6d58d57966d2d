"""What a client signs with a key of its own: which algorithms and keys are taken, and how large they may be.

Only asymmetric signatures (RFC 8725 3.1, 3.2). Sizes are bounded, so what a stranger sends costs a bounded time; whatever is wrong with
it is one ValueError.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import orjson
from joserfc import jwk, jws
from joserfc.errors import JoseError
from joserfc.jwk import Key

# RFC 7518 3.1, RFC 8037 3.1; the last is EdDSA's newer name (RFC 9864 2.2)
ALGORITHMS = ("ES256", "PS256", "EdDSA", "Ed25519")
LONGEST = 6144  # characters: PS256 with a key of 4,096 bits in the header takes 1,900

_MEMBERS = {"EC": ("crv", "x", "y"), "RSA": ("n", "e"), "OKP": ("crv", "x")}
_CURVES = {"EC": "P-256", "OKP": "Ed25519", "RSA": None}
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})  # RFC 7518 6.2.2, 6.3.2, 6.4.1
_LONGEST_MEMBER = {"n": 683, "e": 6}  # 4,096 and 32 bits in base64url
_SHORTEST_MODULUS = 2048


class _Registry(jws.JWSRegistry):
    """joserfc's, with room for a key in the header and without its warning that `EdDSA` means Ed25519 here."""

    max_header_length = max_payload_length = LONGEST

    def get_alg(self, name: str) -> Any:
        return super().get_alg("Ed25519" if name == "EdDSA" else name)


_registry = _Registry(algorithms=ALGORITHMS, strict_check_header=False)


@dataclass(frozen=True)
class Signed:
    """A JWT as it reads, its signature not checked yet."""

    header: dict[str, Any]
    claims: dict[str, Any]
    _compact: jws.CompactSignature

    def made_with(self, key: Key) -> bool:
        """Whether the holder of `key` signed it, by one of ALGORITHMS that fits the key."""
        try:
            return jws.validate_compact(self._compact, key, registry=_registry)
        except (JoseError, ValueError, TypeError):
            return False


def read(text: str) -> Signed:
    """The JWT in `text` (RFC 7519 7.2). Raises ValueError for whatever is none."""
    if len(text) > LONGEST:
        raise ValueError("too long")
    try:
        compact = jws.extract_compact(text.encode("ascii"), registry=_registry)
        header, claims = compact.headers(), orjson.loads(compact.payload)
    except (JoseError, TypeError, RecursionError) as error:
        raise ValueError("not a JWT") from error
    if not isinstance(header, dict) or not isinstance(claims, dict) or header.get("alg") not in ALGORITHMS:
        raise ValueError("not a JWT that is signed by one of the algorithms taken")
    if "crit" in header:
        raise ValueError("an extension that must be understood is not (RFC 7515 4.1.11)")
    return Signed(header, claims, compact)


def public_key(value: object) -> Key:
    """The public key of a JWK (RFC 7517 4) that one of ALGORITHMS can use. Raises ValueError for any other, and for a private one."""
    kind = value.get("kty") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(kind, str) or kind not in _MEMBERS or value.keys() & _PRIVATE:
        raise ValueError("not a public key")
    needed: dict[str, Any] = {"kty": kind, **{name: value.get(name) for name in _MEMBERS[kind]}}
    if needed.get("crv") != _CURVES[kind] or not all(_plain(name, part) for name, part in needed.items()):
        raise ValueError("not a key of a kind that is taken")
    if kind == "RSA" and _bits(needed["n"]) < _SHORTEST_MODULUS:
        raise ValueError("too short a key")
    try:
        key: Key = jwk.import_key(needed)
    except (JoseError, TypeError, KeyError, OverflowError) as error:
        raise ValueError("not a key") from error
    return key


def _bits(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(f"{text}==")).bit_length()


def _plain(name: str, part: object) -> bool:
    return isinstance(part, str) and 0 < len(part) <= _LONGEST_MEMBER.get(name, 64)
