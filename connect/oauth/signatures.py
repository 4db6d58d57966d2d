"""What a client signs with a key of its own: a JWT of a bounded size, so that what a stranger sends costs a bounded time.

Which keys and algorithms are taken stands in core/public_keys.py. Whatever is wrong is one ValueError.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key

from connect.core.public_keys import ALGORITHMS

LONGEST = 6144  # characters: PS256 with a key of 4,096 bits in the header takes 1,900


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


def is_number(value: object) -> bool:
    """Whether a claim can be a time (RFC 7519 2, NumericDate)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


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
