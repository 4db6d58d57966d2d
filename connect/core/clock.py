"""The one clock. Times reach SQL as bound parameters from here, never as now()."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from connect.core import settings


def now() -> datetime:
    """The time, aware and in UTC, to the microsecond, moved by the development-only offset."""
    return datetime.now(UTC) + settings.current().clock_offset


def monotonic() -> float:
    """Seconds for measuring how long something took; it never goes back."""
    return time.monotonic()


def text(at: datetime) -> str:
    """RFC 3339 in UTC with six digits of seconds, the form ledger bodies use."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse(value: str) -> datetime:
    """The time an RFC 3339 text names. Raises ValueError when it has no zone or does not exist."""
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError("a time needs its zone, such as 2026-11-25T10:00:00Z")
    return at.astimezone(UTC)
