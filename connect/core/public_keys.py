"""Public keys of others (RFC 7517): which kinds are taken, one at a time and in sets. Whatever is wrong is one ValueError.

Only asymmetric signatures (RFC 8725 3.1, 3.2), and only keys of a bounded size, so that what is checked with them costs a bounded time.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jwk
from joserfc.errors import JoseError
from joserfc.jwk import Key

# By kind of key; RFC 7518 3.1, RFC 8037 3.1; the last is EdDSA's newer name (RFC 9864 2.2)
OF_KIND = {"EC": ("ES256",), "RSA": ("PS256",), "OKP": ("EdDSA", "Ed25519")}
ALGORITHMS = tuple(name for names in OF_KIND.values() for name in names)
MOST_IN_A_SET = 10

_MEMBERS = {"EC": ("crv", "x", "y"), "RSA": ("n", "e"), "OKP": ("crv", "x")}
_CURVES = {"EC": "P-256", "OKP": "Ed25519", "RSA": None}
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})  # RFC 7518 6.2.2, 6.3.2, 6.4.1
_LONGEST_MEMBER = {"n": 683, "e": 6}  # 4,096 and 32 bits in base64url
_SHORTEST_MODULUS = 2048
_LONGEST_KID = 128


@dataclass(frozen=True)
class PublicKey:
    """A key of a set. `kid` is what its owner calls it, `alg` what they keep it for; None where they do not say."""

    key: Key
    kid: str | None
    alg: str | None

    @property
    def kind(self) -> str:
        kind: str = self.key.key_type
        return kind

    @property
    def algorithms(self) -> tuple[str, ...]:
        """What its signatures may be: its `alg`, or what its kind can. EdDSA and Ed25519 are two names of one (RFC 9864 2.2)."""
        return (self.alg,) if self.alg and self.kind != "OKP" else OF_KIND[self.kind]

    @property
    def thumbprint(self) -> str:
        """SHA-256 in base64url (RFC 7638)."""
        return str(self.key.thumbprint())

    def may_check(self, algorithm: str) -> bool:
        """Whether a signature by `algorithm` can be its own."""
        return algorithm in self.algorithms

    def as_json(self) -> dict[str, str]:
        """It as it is kept: what a key needs, and its names."""
        value: dict[str, Any] = self.key.as_dict(private=False)
        named = {"kid": self.kid, "alg": self.alg}
        kept = {name: value[name] for name in ("kty", *_MEMBERS[self.kind])}
        return {**kept, **{name: text for name, text in named.items() if text is not None}}


def public_key(value: object) -> Key:
    """The public key of a JWK that one of ALGORITHMS can use. Raises ValueError for any other, and for a private one."""
    kind = value.get("kty") if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping) or not isinstance(kind, str) or kind not in _MEMBERS or value.keys() & _PRIVATE:
        raise ValueError("it is not a public key of kind EC, RSA or OKP")
    needed: dict[str, Any] = {"kty": kind, **{name: value.get(name) for name in _MEMBERS[kind]}}
    if needed.get("crv") != _CURVES[kind] or not all(_plain(name, part) for name, part in needed.items()):
        raise ValueError("it is not on P-256 or Ed25519, nor RSA of 2048 to 4096 bits")
    if kind == "RSA" and _bits(needed["n"]) < _SHORTEST_MODULUS:
        raise ValueError("its modulus has less than 2048 bits")
    try:
        key: Key = jwk.import_key(needed)
    except (JoseError, TypeError, KeyError, OverflowError) as error:
        raise ValueError("its numbers make no key") from error
    return key


def strict_set(value: object) -> tuple[PublicKey, ...]:
    """The keys of a JWK Set (RFC 7517 5) in which each one counts. Raises ValueError that says which is wrong, and why."""
    found = []
    for place, member in enumerate(_members(value), 1):
        try:
            found.append(_read(member))
        except ValueError as error:
            raise ValueError(f"key {place}: {error}") from error
    _check_names(found)
    return tuple(found)


def useful_of_set(value: object) -> tuple[PublicKey, ...]:
    """Those keys of a published JWK Set that can be used; others may stand beside them (RFC 7517 5).

    Raises ValueError where none can, and for a set that makes a private key public.
    """
    found = []
    for member in _members(value):
        if isinstance(member, Mapping) and member.keys() & _PRIVATE:
            raise ValueError("a private key is among them; anybody can have read it, so make another")
        try:
            found.append(_read(member))
        except ValueError:
            continue
    _check_names(found)
    return tuple(found)


def named(keys: Sequence[PublicKey], kid: object) -> PublicKey | None:
    """The key of that name; where nothing is named, the only one there is (OpenID Connect Core 10.1)."""
    found = [key for key in keys if kid is None or key.kid == kid]
    return found[0] if len(found) == 1 else None


def as_json(keys: Iterable[PublicKey]) -> dict[str, Any]:
    """A JWK Set of `keys`."""
    return {"keys": [key.as_json() for key in keys]}


def _members(value: object) -> list[object]:
    members = value.get("keys") if isinstance(value, Mapping) else None
    if not isinstance(members, list):
        raise ValueError('a JWK Set is an object with a list of keys: {"keys": […]} (RFC 7517 5)')
    if len(members) > MOST_IN_A_SET:
        raise ValueError(f"it may have {MOST_IN_A_SET} keys at most")
    return members


def _check_names(keys: list[PublicKey]) -> None:
    """OpenID Connect Core 10.1: in a set of several, names tell them apart."""
    if not keys:
        raise ValueError(f"it has no key for {', '.join(ALGORITHMS)}")
    names = [key.kid for key in keys]
    if len(keys) > 1 and (None in names or len(set(names)) < len(names)):
        raise ValueError("where there are several keys, each needs a kid of its own")


def _read(value: object) -> PublicKey:
    key = public_key(value)
    assert isinstance(value, Mapping)
    kid, alg = value.get("kid"), value.get("alg")
    if kid is not None and not (isinstance(kid, str) and 0 < len(kid) <= _LONGEST_KID and _printable(kid)):
        raise ValueError(f"its kid must be 1 to {_LONGEST_KID} visible ASCII characters")
    if alg is not None and alg not in OF_KIND[key.key_type]:
        raise ValueError(f"its alg must be {' or '.join(OF_KIND[key.key_type])}, or left out")
    if value.get("use", "sig") != "sig" or not _may_verify(value.get("key_ops", ["verify"])):
        raise ValueError("it is not for signatures (use, key_ops)")
    return PublicKey(key, kid, alg)


def _may_verify(operations: object) -> bool:
    return isinstance(operations, list) and "verify" in operations


def _printable(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def _bits(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(f"{text}==")).bit_length()


def _plain(name: str, part: object) -> bool:
    return isinstance(part, str) and 0 < len(part) <= _LONGEST_MEMBER.get(name, 64)
