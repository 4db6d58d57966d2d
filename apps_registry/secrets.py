"""Client secrets: 256 random bits, shown once, at rest as SHA-256 (they are random, so no slow hash is needed)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from connect.core import ids

PREFIX = "vts"
_HINT = 4


def make() -> str:
    """A new secret, `vts_…` with its check."""
    return ids.token(PREFIX)


def digest(secret: str) -> bytes:
    """The form at rest."""
    return ids.digest(secret)


def hint(secret: str) -> str:
    """The last four characters, by which its owner can tell it from another."""
    return secret[-_HINT:]


def matches(presented: str, digests: Iterable[bytes]) -> bool:
    """Whether `presented` is one of the live secrets. Every digest is compared, in constant time, whatever was presented."""
    given = digest(presented)
    found = [hmac.compare_digest(given, known) for known in digests]
    return any(found)
