"""The refresh token: it names its chain and its place in it, and carries a tag, so that a guessed one is told from an old one.

`vtr_` + base64url(chain id 16 B, generation 4 B, random 32 B, HMAC tag 16 B) + check.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from uuid import UUID

from connect.core import ids, keyring

PREFIX = "vtr"
_TAG, _RANDOM, _CHECK = 16, 32, 6
_LENGTH = 16 + 4 + _RANDOM + _TAG


@dataclass(frozen=True)
class RefreshToken:
    """A refresh token that was made here: its tag is right. Whether it may still be used, the chain's row says."""

    text: str
    chain_id: UUID
    generation: int

    @property
    def digest(self) -> bytes:
        return ids.digest(self.text)

    @property
    def box_key(self) -> bytes:
        """The key of the answer given for this token; only who holds the token can make it (HKDF, RFC 5869)."""
        return keyring.derive(self.text.encode(), "refresh-replay")


def make(chain_id: UUID, generation: int) -> RefreshToken:
    """A new token for a place in a chain."""
    body = chain_id.bytes + generation.to_bytes(4, "big") + ids.random_bytes(_RANDOM)
    return RefreshToken(ids.checked(f"{PREFIX}_{_encode(body + _tag(body))}"), chain_id, generation)


def parse(text: str) -> RefreshToken | None:
    """The token in `text`; None for anything that `make` did not make under this master key."""
    if not ids.is_token(PREFIX, text):
        return None
    encoded = text[len(PREFIX) + 1 : -_CHECK]
    try:
        raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    body, tag = raw[:-_TAG], raw[-_TAG:]
    if len(raw) != _LENGTH or _encode(raw) != encoded or not hmac.compare_digest(tag, _tag(body)):
        return None
    return RefreshToken(text, UUID(bytes=body[:16]), int.from_bytes(body[16:20], "big"))


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _tag(body: bytes) -> bytes:
    return keyring.mac("refresh-token", body)[:_TAG]
