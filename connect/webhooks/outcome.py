"""What an attempt means for its delivery and its endpoint: the rules of Standard Webhooks, as one pure function.

2xx delivered · 3xx failed, never followed · 410, or `webhook-delivery: disable` in any answer, turns the endpoint off · 429, 502, 503
and 504 with Retry-After pause the whole endpoint · everything else is tried again by the schedule until that is used up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from connect.core.settings import Settings

_THROTTLED = frozenset(
    {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)
_CONTROL = "webhook-delivery"
_LONGEST_NUMBER = 12  # digits; what is longer is longer than any pause


@dataclass(frozen=True)
class Outcome:
    """`state` and `due_at` are the delivery's from now on; the rest is the endpoint's: paused until, turned off and why."""

    state: str
    due_at: datetime
    paused_until: datetime | None = None
    disabled: str = ""


@dataclass(frozen=True)
class Rules:
    """Waits before the second, third … attempt; how far each may deviate; the longest pause an answer can ask for."""

    waits: tuple[timedelta, ...]
    jitter: float
    longest_pause: timedelta

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        """The rules these settings ask for. Raises ValueError when the schedule holds what is no number."""
        waits = tuple(timedelta(seconds=float(part)) for part in settings.webhook_retries.split(",") if part.strip())
        return cls(waits, settings.webhook_jitter / 100, settings.webhook_longest_pause)


def judge(
    status: int | None,
    headers: Mapping[str, str],
    *,
    attempts: int,
    now: datetime,
    rules: Rules,
    uniform: Callable[[float, float], float],
) -> Outcome:
    """The outcome of attempt number `attempts`. `status` is None when no answer came; header names are in lower case."""
    disabled = "asked" if headers.get(_CONTROL, "").strip().lower() == "disable" else ""
    if status is not None and 200 <= status < 300:
        return Outcome("delivered", now, disabled=disabled)
    if status == HTTPStatus.GONE:
        return Outcome("failed", now, disabled="gone")
    if disabled or (status is not None and 300 <= status < 400):
        return Outcome("failed", now, disabled=disabled)
    paused_until = _pause(status, headers, now, rules)
    if attempts > len(rules.waits):
        return Outcome("failed", now, paused_until)
    due_at = now + rules.waits[attempts - 1] * uniform(1 - rules.jitter, 1 + rules.jitter)
    return Outcome("pending", max(due_at, paused_until or due_at), paused_until)


def _pause(status: int | None, headers: Mapping[str, str], now: datetime, rules: Rules) -> datetime | None:
    if status not in _THROTTLED or (wait := _retry_after(headers.get("retry-after", ""), now)) is None:
        return None
    return now + min(wait, rules.longest_pause)


def _retry_after(text: str, now: datetime) -> timedelta | None:
    """RFC 9110 10.2.3: seconds or a date; None when it is neither, or in the past."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text)) if len(text) < _LONGEST_NUMBER else timedelta.max
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return wait if wait > timedelta(0) else None
