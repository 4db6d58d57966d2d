"""Cursors: where a list goes on. Each is bound by a MAC to its account, grant and filters, so that none can be made or moved."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from connect.core import keyring
from connect.disclosure.errors import CursorError

_TAG = 16


def encode(bound_to: Mapping[str, Any], position: tuple[int, UUID]) -> str:
    """The cursor after `position`: a sort key (microseconds or a number) and a record id."""
    key, record_id = position
    plain = key.to_bytes(8, "big", signed=True) + record_id.bytes
    return base64.urlsafe_b64encode(plain + _tag(bound_to, plain)).rstrip(b"=").decode()


def decode(bound_to: Mapping[str, Any], text: str) -> tuple[int, UUID]:
    """The position in `text`. Raises CursorError for any text that `encode` did not make for the same `bound_to`."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise CursorError("take `page.next` of the answer before, unchanged") from error
    plain, tag = raw[:-_TAG], raw[-_TAG:]
    if len(plain) != 24 or not hmac.compare_digest(tag, _tag(bound_to, plain)):
        raise CursorError(
            "a cursor belongs to one grant and to the filters it was made with; take `page.next` unchanged"
        )
    return int.from_bytes(plain[:8], "big", signed=True), UUID(bytes=plain[8:])


def _tag(bound_to: Mapping[str, Any], plain: bytes) -> bytes:
    bound = orjson.dumps({name: str(value) for name, value in bound_to.items()}, option=orjson.OPT_SORT_KEYS)
    return keyring.mac("cursor", bound + plain)[:_TAG]
