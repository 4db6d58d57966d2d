"""Cursors: where a list goes on. Each is sealed for its account, grant and filters, so that none can be read, made or moved.

AES-SIV (RFC 5297) needs no nonce: the same page has the same cursor, and so the same bytes.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from connect.core import keyring
from connect.disclosure.errors import CursorError

Position = tuple[int, UUID]  # a sort key (microseconds or a number) and a record id


def encode(bound_to: Mapping[str, Any], position: Position) -> str:
    """The cursor of what comes after `position`."""
    key, record_id = position
    plain = key.to_bytes(8, "big", signed=True) + record_id.bytes
    return base64.urlsafe_b64encode(_cipher().encrypt(plain, [_bound(bound_to)])).rstrip(b"=").decode()


def decode(bound_to: Mapping[str, Any], text: str) -> Position:
    """The position in `text`. Raises CursorError for any text that `encode` did not make for the same `bound_to`."""
    try:
        plain = _cipher().decrypt(_raw(text), [_bound(bound_to)])
    except (ValueError, InvalidTag) as error:
        raise CursorError(
            "is not a cursor of this grant and these filters; take `page.next` of the answer before, unchanged"
        ) from error
    return int.from_bytes(plain[:8], "big", signed=True), UUID(bytes=plain[8:])


def _raw(text: str) -> bytes:
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise ValueError("another spelling of the same bytes")
    return raw


def _cipher() -> AESSIV:
    return AESSIV(keyring.key("cursor"))


def _bound(to: Mapping[str, Any]) -> bytes:
    return orjson.dumps({name: str(value) for name, value in to.items()}, option=orjson.OPT_SORT_KEYS)
