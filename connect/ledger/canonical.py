"""Canonical JSON: one value, one sequence of bytes (RFC 8785), in a profile that leaves nothing to an implementation.

Keys are ASCII, numbers are whole and below 2^53, times are text (`core.clock.text`). In this profile the order of keys by UTF-8 bytes
(orjson) is the order by UTF-16 units (RFC 8785, 3.2.3), and no rule about printing floats is needed.
"""

from __future__ import annotations

from typing import Any

import orjson

_OPTIONS = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_STRICT_INTEGER
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)
_SCALARS = frozenset({str, int, bool, type(None)})


class NotCanonical(ValueError):
    """A value outside the profile, or bytes that are not the canonical form of what they say."""


def encode(value: Any) -> bytes:
    """The canonical bytes of `value`.

    Raises NotCanonical for floats, integers beyond 2^53 - 1, keys that are not ASCII text, lone surrogates, and every type that is
    not JSON's own.
    """
    _refuse_foreign(value)
    try:
        return orjson.dumps(value, option=_OPTIONS)
    except TypeError as error:
        raise NotCanonical(str(error)) from error


def decode(data: bytes) -> Any:
    """The value of canonical bytes; NotCanonical when `encode` would not give the same bytes back."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise NotCanonical(f"not JSON: {error}") from error
    if encode(value) != data:
        raise NotCanonical("JSON, but not in canonical form")
    return value


def _refuse_foreign(value: Any) -> None:
    """Raise for what orjson would print but the profile forbids: floats, UUIDs, enums, keys beyond ASCII."""
    kind = type(value)
    if kind in _SCALARS:
        return
    if kind is dict:
        for key, member in value.items():
            if type(key) is not str or not key.isascii():
                raise NotCanonical(f"a key that is not ASCII text: {key!r}")
            if type(member) not in _SCALARS:
                _refuse_foreign(member)
    elif kind is list or kind is tuple:
        for member in value:
            if type(member) not in _SCALARS:
                _refuse_foreign(member)
    else:
        raise NotCanonical(f"{kind.__name__} has no canonical form")
