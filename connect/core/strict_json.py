"""JSON that a stranger sent: one reading of it, or none."""

from __future__ import annotations

import json
from typing import Any

import orjson


def parse(text: bytes) -> Any:
    """The JSON value that `text` is. Raises ValueError, whose words may be shown to whoever sent it.

    Two readers have to agree: orjson refuses what is no UTF-8, lone surrogates and NaN; Python's then sees the members one by one, so
    that one which is there twice is an error, since readers differ on which of the two counts (RFC 8259 4).
    """
    try:
        orjson.loads(text)
        return json.loads(text, object_pairs_hook=_each_once)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except orjson.JSONDecodeError as error:
        raise ValueError("it is not JSON in UTF-8 (RFC 8259)") from error


def parse_object(text: bytes) -> dict[str, Any]:
    """The JSON object that `text` is. Raises ValueError as `parse` does."""
    found = parse(text)
    if not isinstance(found, dict):
        raise ValueError("it is not a JSON object")
    return found


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise ValueError("a member is there twice")
    return found
