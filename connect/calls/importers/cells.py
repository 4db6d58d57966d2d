"""Checks of single cells. Each raises ValueError that names the column, what stands there and what would be right."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

_TIME = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d)", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,9}", re.ASCII)
_WORD = re.compile(r"[A-Za-z0-9_.+-]{1,40}", re.ASCII)


def whole(name: str, text: str) -> int:
    """A whole number of at most nine digits."""
    if _WHOLE.fullmatch(text) is None:
        raise ValueError(f"{name}: {text!r} is not a whole number")
    return int(text)


def word(name: str, text: str) -> str:
    """A name or code without spaces."""
    if _WORD.fullmatch(text) is None:
        raise ValueError(f"{name}: {text!r} is not a code of letters and digits")
    return text


def choice(name: str, text: str, known: Collection[str]) -> str:
    """One of `known`."""
    if text not in known:
        raise ValueError(f"{name}: {text!r} is none of {', '.join(sorted(known))}")
    return text


def time_of_day(name: str, text: str) -> int:
    """H:MM:SS as seconds after midnight."""
    found = _TIME.fullmatch(text)
    if found is None or int(found[1]) > 23:
        raise ValueError(f"{name}: {text!r} is not a time of day; H:MM:SS expected")
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])


def day(name: str, text: str) -> datetime:
    """YYMMDD as the midnight, without a zone, at which that day begins."""
    try:
        return datetime.strptime(text, "%y%m%d")  # noqa: DTZ007 - a wall clock's day; the caller knows the zone
    except ValueError:
        raise ValueError(f"{name}: {text!r} is not a day that exists; YYMMDD expected") from None
