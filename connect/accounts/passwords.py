"""Passwords of people: argon2id (RFC 9106), with the same work done for an e-mail address that nobody has."""

from __future__ import annotations

import os
import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from connect.accounts.errors import InvalidPerson
from connect.core import ids, settings

LONGEST = 256

_hasher = PasswordHasher()  # argon2-cffi's defaults: the second profile of RFC 9106 4, 64 MiB
_turns = threading.BoundedSemaphore(os.cpu_count() or 1)  # more at once would only take more memory


def check(password: str, email: str = "") -> None:
    """Raises InvalidPerson when a new password is too short, too long, or is the e-mail address."""
    least = settings.current().password_min_length
    if len(password) < least:
        raise InvalidPerson("password", _("Use at least %(n)d characters.", n=least))
    if len(password) > LONGEST:
        raise InvalidPerson("password", _("Use at most %(n)d characters.", n=LONGEST))
    if password.lower() in {email.lower(), email.lower().partition("@")[0]} or len(set(password)) < 4:
        raise InvalidPerson("password", _("This would be guessed first; use a few words in a row instead."))


def make_hash(password: str) -> str:
    """The argon2id hash, with its salt and its parameters."""
    with _turns:
        return _hasher.hash(_normal(password))


def verify(known: str | None, password: str) -> bool:
    """Whether `password` is the one that `known` was made of. Without a known hash the same work is done and the answer is no."""
    try:
        with _turns:
            right = _hasher.verify(known or _nobodys(), _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return right and known is not None


def is_outdated(known: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(known)


@cache
def _nobodys() -> str:
    return _hasher.hash(ids.token("vtn"))


def _normal(password: str) -> str:
    """NFKC, so that the same password typed on another keyboard is the same (NIST SP 800-63B 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)[:LONGEST]
