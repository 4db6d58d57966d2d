"""Stand-ins for phone numbers a source does not give: possible, never valid, so that no real subscriber is shown.

India assigns no number that starts with 50 (phonenumbers: possible, not valid). The rest is a keyed hash, so that a number says nothing
about the customer it stands for without the key.
"""

from __future__ import annotations

from uuid import UUID

from connect.core import keyring

PREFIX = "+9150"
RANGE = "+91 50…"
_DIGITS = 8


class StandIns:
    """Hands out numbers for one account; ask in a fixed order, so that a rare collision falls the same way each time."""

    def __init__(self, account_id: UUID) -> None:
        self._account_id = account_id
        self._taken: dict[str, str] = {}

    def of(self, ref: str) -> str:
        """The number that stands for `ref` (a customer id, a line)."""
        attempt = 0
        while self._taken.setdefault(number := self._hashed(ref, attempt), ref) != ref:
            attempt += 1
        return number

    def _hashed(self, ref: str, attempt: int) -> str:
        digest = keyring.mac("import-number", f"{self._account_id}/{ref}/{attempt}".encode())
        return f"{PREFIX}{int.from_bytes(digest) % 10**_DIGITS:0{_DIGITS}d}"
