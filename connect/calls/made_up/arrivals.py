"""When made-up calls come: by the hour and the weekday of a business, in its own time zone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

OPENS, CLOSES = 9, 20  # o'clock; closed on Sundays
SUNDAY = 6

# Share of a day's calls in each hour from 0 to 23, and weight of each weekday from Monday on.
_BY_HOUR = (1, 0, 0, 0, 0, 1, 2, 6, 18, 52, 88, 96, 84, 60, 58, 74, 82, 80, 62, 40, 22, 12, 6, 2)
_BY_WEEKDAY = (115, 104, 100, 98, 102, 76, 14)
_CALLS_A_DAY, _FEWEST_DAYS, _MOST_DAYS = 60, 7, 730
_HOUR = timedelta(hours=1)


def arrivals(random: Random, zone: ZoneInfo, until: datetime, count: int) -> list[datetime]:
    """`count` times in order, in UTC and whole seconds; the last is before `until`. More calls reach further back, to two years."""
    days = min(max(count // _CALLS_A_DAY, _FEWEST_DAYS), _MOST_DAYS)
    hours, weights = _hours(zone, until, days)
    chosen = random.choices(hours, cum_weights=list(accumulate(weights)), k=count)
    return [datetime.fromtimestamp(second, UTC) for second in sorted(hour + random.randrange(3600) for hour in chosen)]


def is_open(local: datetime) -> bool:
    """Whether somebody answers at this local time."""
    return local.weekday() != SUNDAY and OPENS <= local.hour < CLOSES


def _hours(zone: ZoneInfo, until: datetime, days: int) -> tuple[list[int], list[int]]:
    """The hours that may have calls as seconds since 1970, and how many calls each draws."""
    today = until.astimezone(zone).date()
    hours, weights = [], []
    for day in (today - timedelta(days=back) for back in reversed(range(days))):
        for hour, weight in enumerate(_BY_HOUR):
            starts = datetime.combine(day, time(hour), zone)
            if weight and starts + _HOUR <= until:
                hours.append(int(starts.timestamp()))
                weights.append(weight * _BY_WEEKDAY[day.weekday()])
    return hours, weights
