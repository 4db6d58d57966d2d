"""Masks: what a lesser scope shows of a field. A mask never says how long the hidden part is; only None stays None."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

DOT = "•"
DOTS = DOT * 6
_LAST = 2
_LEAST_HIDDEN = 4
_LONGEST_CODE = 3
_PLUS_FIRST = re.compile(r"\D*[+＋]")  # a plus, ASCII or full width, before the first digit
_COUNTRY_CODES = frozenset(map(str, COUNTRY_CODE_TO_REGION_CODE))


def number(value: str | None) -> str | None:
    """`+919812345610` -> `+91••••••10`: the country code and the last two digits.

    A number without a country code keeps its last two digits; one so short that this would hide fewer than four digits, and text
    that is no number, keeps nothing.
    """
    if value is None:
        return None
    digits = _digits(value)
    code = _country_code(digits[:_LONGEST_CODE]) if value[:1] == "+" or _PLUS_FIRST.match(value) else ""
    if len(digits) - len(code) - _LAST < _LEAST_HIDDEN:
        return DOTS
    return f"{'+' if code else ''}{code}{DOTS}{digits[-_LAST:]}"


def initials(value: str | None) -> str | None:
    """`Priya Bhatt` -> `P. B.`: the first letter of the first and of the last word.

    Words without a letter are skipped (a number saved as a name stays hidden), and so are words in a script where one character
    is a syllable or a word (the first of a Chinese or Korean name is the whole surname). With nothing left: one dot.
    """
    if value is None:
        return None
    letters = [letter for word in value.split() if (letter := _initial(word))]
    ends = letters[:1] + letters[1:][-1:]
    return f"{'. '.join(ends)}." if ends else DOT


MASKS: Mapping[str, Callable[[str | None], str | None]] = {"number": number, "initials": initials}


def _digits(value: str) -> str:
    """The decimal digits of any script, as ASCII."""
    plain = value.removeprefix("+")
    if plain.isascii() and plain.isdecimal():  # E.164, nearly always: no need to look at each sign
        return plain
    return "".join(str(unicodedata.decimal(sign)) for sign in value if sign.isdecimal())


@cache
def _country_code(digits: str) -> str:
    """The country code that these first digits begin with, else nothing. No code is the beginning of another (ITU-T E.164)."""
    for length in range(1, _LONGEST_CODE + 1):
        if digits[:length] in _COUNTRY_CODES:
            return digits[:length]
    return ""


def _initial(word: str) -> str:
    if word[0].isascii() and word[0].isalpha():  # nearly always: no need to look at each sign
        return word[0].upper()
    letter = next(filter(str.isalpha, word), "")
    if not letter or (not letter.isascii() and unicodedata.east_asian_width(letter) in "WF"):
        return ""
    return letter.upper()[:1]
