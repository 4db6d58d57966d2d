"""How stored values are written in JSON; the schemas and the compiled encoders both use these."""

from __future__ import annotations

from datetime import UTC, datetime

CURRENCY = "INR"


def rfc3339(at: datetime) -> str:
    """`2026-11-25T02:42:26.123456Z`, without the fraction when it is zero (RFC 3339 5.6). Raises ValueError without a zone."""
    if at.tzinfo is not UTC:
        if at.tzinfo is None:
            raise ValueError("a time needs its zone")
        at = at.astimezone(UTC)
    return at.isoformat()[:-6] + "Z"


def money(paise: int) -> dict[str, int | str]:
    """An amount in minor units with its ISO 4217 currency."""
    return {"amount": paise, "currency": CURRENCY}
