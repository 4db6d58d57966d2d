"""The code that a device shows and a person types (RFC 8628 6.1): eight letters without vowels, so that no word comes of them.

20^8 codes are 34 bits; they live ten minutes, and guessing is throttled where they are typed (RFC 8628 5.1).
"""

from __future__ import annotations

import re

from authlib.oauth2.rfc8628.endpoint import create_string_user_code

LENGTH = 8
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_NO_LETTER = re.compile(f"[^{_LETTERS}]")


def make() -> str:
    """A new code, as it is kept: the letters alone."""
    return read(create_string_user_code())


def read(typed: str) -> str:
    """The letters of what was typed, whatever the case and whatever stands between them (RFC 8628 6.1 recommends it)."""
    return _NO_LETTER.sub("", typed.upper())


def shown(code: str) -> str:
    """`WDJB-MJHT`: in the form in which devices and pages show it."""
    return f"{code[:4]}-{code[4:]}"
