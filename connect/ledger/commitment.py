"""The public leaf of an entry: a commitment that says nothing about anybody until body and nonce are shown."""

from __future__ import annotations

import hashlib

from connect.core import ids

NONCE_BYTES = 32
ENTRY_BYTES = 33
_VERSION = b"\x01"
_DOMAIN = b"vtc-ledger/1\n"


def new_nonce() -> bytes:
    """Thirty-two random bytes: without them a body of few possible values could be guessed from its leaf."""
    return ids.random_bytes(NONCE_BYTES)


def commit(nonce: bytes, body: bytes) -> bytes:
    """The 33 bytes that stand in the tree for `body`: `0x01 || SHA-256("vtc-ledger/1\\n" || nonce || body)`.

    Raises ValueError for a nonce that is not 32 bytes: with a free length, body and nonce could trade bytes.
    """
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a nonce has {NONCE_BYTES} bytes, not {len(nonce)}")
    return _VERSION + hashlib.sha256(_DOMAIN + nonce + body).digest()
