"""The one maker of ids and random values.

Rows have UUIDv7 ids (RFC 9562 5.7), shown to people and apps as prefix + base32. Tokens and secrets are a prefix, a random body and a
six-character CRC32 check, so that a scanner can tell a real one from noise without asking us.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import zlib
from functools import lru_cache
from uuid import UUID

from connect.core import clock

_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford: no i, l, o, u
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE32_VALUE = {letter: value for value, letter in enumerate(_BASE32)}
_TRIPLES = tuple(a + b + c for a in _BASE32 for b in _BASE32 for c in _BASE32)  # 15 bits as three letters
_LOW_60 = (1 << 60) - 1
_ENCODED_LENGTH = 26
_CHECK_LENGTH = 6

_system = secrets.SystemRandom()
_lock = threading.Lock()
_last = (0, 0)  # millisecond, the 74 bits after it


def new() -> UUID:
    """A UUIDv7. Within a process each is greater than the one before, also inside one millisecond."""
    global _last  # noqa: PLW0603 - the monotonic counter is the point
    millisecond = int(clock.now().timestamp() * 1000)
    with _lock:
        last_millisecond, last_random = _last
        if millisecond <= last_millisecond:
            millisecond, tail = last_millisecond, last_random + 1 + secrets.randbelow(1 << 32)
        else:
            tail = secrets.randbits(73)  # the top bit stays free, so that counting up has room
        _last = (millisecond, tail)
    rand_a, rand_b = tail >> 62, tail & ((1 << 62) - 1)
    return UUID(int=(millisecond << 80) | (0x7 << 76) | (rand_a << 64) | (0b10 << 62) | rand_b)


@lru_cache(maxsize=1 << 14)  # most ids of a page stand there more than once
def encode(prefix: str, value: UUID | bytes) -> str:
    """`call` and an id, or its 16 bytes -> `call_06g1…`; the order of texts is the order of ids."""
    return encode_number(prefix, int.from_bytes(value) if isinstance(value, bytes) else value.int)


def encode_number(prefix: str, number: int) -> str:
    """128 bits in the form of an id."""
    high, low = number >> 60, number & _LOW_60  # shifting two small numbers is eight times as fast as one large
    return (
        f"{prefix}_{_TRIPLES[high >> 60][1:]}{_TRIPLES[high >> 45 & 32767]}{_TRIPLES[high >> 30 & 32767]}"
        f"{_TRIPLES[high >> 15 & 32767]}{_TRIPLES[high & 32767]}{_TRIPLES[low >> 45]}{_TRIPLES[low >> 30 & 32767]}"
        f"{_TRIPLES[low >> 15 & 32767]}{_TRIPLES[low & 32767]}"
    )


def decode(prefix: str, text: str) -> UUID:
    """The id in `text`. Raises ValueError for another prefix, another length, an unknown letter."""
    head, _, body = text.partition("_")
    if head != prefix or len(body) != _ENCODED_LENGTH:
        raise ValueError(f"an id here starts with {prefix}_ and has {_ENCODED_LENGTH} characters after it")
    number = 0
    for letter in body:
        if letter not in _BASE32_VALUE:
            raise ValueError(f"{letter!r} does not occur in an id")
        number = number << 5 | _BASE32_VALUE[letter]
    if number >> 128:
        raise ValueError("the id is too large")
    return UUID(int=number)


def random_bytes(count: int) -> bytes:
    """Bytes that nobody can guess: for secrets, salts and nonces."""
    return secrets.token_bytes(count)


def random_between(low: float, high: float) -> float:
    """A number for delays, so that what failed together does not come back together."""
    return _system.uniform(low, high)


def token(prefix: str) -> str:
    """A bearer value: `vta` -> `vta_` + 32 random bytes + check. 256 bits (RFC 6749 10.10 asks for 128)."""
    return checked(f"{prefix}_{_text(random_bytes(32))}")


def checked(text: str) -> str:
    """`text` with its six-character check."""
    return text + _check(text)


def is_token(prefix: str, text: str) -> bool:
    """Whether `text` has the prefix and a right check; says nothing about whether it was ever issued."""
    return text.startswith(f"{prefix}_") and text.isascii() and _check(text[:-_CHECK_LENGTH]) == text[-_CHECK_LENGTH:]


def digest(text: str) -> bytes:
    """SHA-256, the form in which tokens and secrets rest. They are random, so no slow hash is needed."""
    return hashlib.sha256(text.encode()).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _check(text: str) -> str:
    number, letters = zlib.crc32(text.encode()), []
    for _ in range(_CHECK_LENGTH):
        number, rest = divmod(number, 62)
        letters.append(_BASE62[rest])
    return "".join(reversed(letters))
