"""How values are written on pages: times with their zone, numbers, durations, lists, in the reader's language and zone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date as calendar_date
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit
from flask_babel import get_locale, get_timezone
from markupsafe import Markup

from connect.core import clock

_DAY = 86_400
_STEPS = (("duration-day", _DAY), ("duration-hour", 3_600), ("duration-minute", 60), ("duration-second", 1))


def time(value: datetime | str, zone: str | None = None, seconds: bool = False) -> Markup:
    """An instant (or its RFC 3339 text) as `14 Nov 2026, 10:32 IST` in a <time> element.

    `zone` is an IANA name, by default the reader's.
    """
    at = clock.parse(value) if isinstance(value, str) else value
    local = at.astimezone(ZoneInfo(zone) if zone else get_timezone())
    pattern = "d MMM y, HH:mm:ss" if seconds else "d MMM y, HH:mm"
    words = f"{format_datetime(local, pattern, locale=_locale())} {local.tzname()}"
    return Markup('<time datetime="{}">{}</time>').format(clock.text(at), words)


def date(value: calendar_date) -> Markup:
    """A day as `14 Nov 2026`; of an instant, the day it falls on in the reader's zone."""
    day = value.astimezone(get_timezone()).date() if isinstance(value, datetime) else value
    return Markup('<time datetime="{}">{}</time>').format(
        day.isoformat(), format_date(day, "d MMM y", locale=_locale())
    )


def ago(value: datetime) -> str:
    """How long ago, or in how long: `3 minutes ago`, `in 2 days`."""
    return format_timedelta(value - clock.now(), add_direction=True, locale=_locale())


def number(value: float) -> str:
    """A number with its groups: `33,066`."""
    return format_decimal(value, locale=_locale())


def duration(value: timedelta | float) -> str:
    """A length of time by its two largest units: `90 days`, `2 min, 14 s`. Numbers are seconds."""
    left = int(value.total_seconds() if isinstance(value, timedelta) else value)
    parts: list[str] = []
    for unit, length in _STEPS:
        count, left = divmod(left, length)
        if count:
            parts.append(format_unit(count, unit, length="long" if length == _DAY else "short", locale=_locale()))
    return ", ".join(parts[:2]) or format_unit(0, "duration-second", length="short", locale=_locale())


def size(value: int) -> str:
    """Bytes as `640 byte`, `12.4 kB`, `3.1 MB`."""
    for unit, one in (("digital-megabyte", 1_000_000), ("digital-kilobyte", 1_000)):
        if value >= one:
            return format_unit(round(value / one, 1), unit, length="short", locale=_locale())
    return format_unit(value, "digital-byte", length="short", locale=_locale())


def words(values: Sequence[str]) -> str:
    """A list in a sentence: `a, b and c`."""
    return format_list([str(value) for value in values], locale=_locale())


def initials(name: str) -> str:
    """At most two letters that stand for a name where there is no logo."""
    return "".join(word[0] for word in name.split()[:2]).upper()


def _locale() -> Locale:
    return get_locale() or Locale("en")


_ALL: tuple[Callable[..., Any], ...] = (time, date, ago, number, duration, size, words, initials)
FILTERS = {function.__name__: function for function in _ALL}
