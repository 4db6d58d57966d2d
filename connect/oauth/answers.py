"""What an app is told: its registered redirect URI, byte for byte, with the answer's parameters behind it; and clean text."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from connect.core import settings

_QUOTES = str.maketrans(dict.fromkeys('"“”‘’', "'") | {"…": "..."})
_NOT_IN_A_DESCRIPTION = re.compile(r"[^\x20-\x21\x23-\x5B\x5D-\x7E]")


def back(redirect_uri: str, **parameters: str | None) -> str:
    """`redirect_uri` with those parameters that are not None, and `iss` (RFC 9207 2).

    A query it has already is kept as it is (RFC 6749 3.1.2), and nothing before it is taken apart: parsing and writing it anew, as
    Authlib does, changes `com.example.app:///cb`.
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    query = urlencode({**given, "iss": settings.current().base_url}, quote_via=quote)
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{query}"


def redirect(location: str) -> tuple[int, str, list[tuple[str, str]]]:
    """A 303 (RFC 9700 4.12: never 307) that tells the next page nothing of where it came from."""
    return 303, "", [("Location", location), ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store")]


def clean(text: str) -> str:
    """`text` with the characters that an error_description may have (RFC 6749 5.2)."""
    return _NOT_IN_A_DESCRIPTION.sub("?", text.translate(_QUOTES))
