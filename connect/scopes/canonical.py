"""One byte form for what is hashed: JSON with sorted ASCII keys and no spaces, equal to RFC 8785 for the values used here."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER | orjson.OPT_PASSTHROUGH_DATETIME


def canonical(value: Any) -> bytes:
    """`value` (dicts, lists, texts, integers, booleans, None) as canonical JSON in UTF-8. Raises TypeError for a time or the like."""
    return orjson.dumps(value, option=_OPTIONS)


def sha256(value: Any) -> str:
    """SHA-256 of the canonical JSON of `value`, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()
