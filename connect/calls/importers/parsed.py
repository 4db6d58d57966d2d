"""What an importer makes of a whole file before anything is written: calls, and a reason for whatever is not a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from connect.calls.incoming import CallIn

_WEEK = timedelta(weeks=1)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is not a call."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Emptied:
    """A value that cannot be true and was left empty."""

    line: int
    column: str
    value: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's content. `remarks` counts what was odd and kept; `weeks` is how far the times were moved."""

    rows: int
    calls: tuple[CallIn, ...]
    refused: tuple[Refused, ...]
    emptied: tuple[Emptied, ...]
    timezone: str
    number_range: str
    remarks: Mapping[str, int] = field(default_factory=dict)
    weeks: int = 0

    def shifted_to(self, day: date) -> Parsed:
        """The same calls moved by whole weeks, so that the last ends before `day` begins in the source's time zone."""
        if not self.calls:
            return self
        limit = datetime.combine(day, time(), ZoneInfo(self.timezone))
        last = max(call.ended_at or call.started_at for call in self.calls)
        weeks = (limit - last - _TICK) // _WEEK
        calls = tuple(call.moved(weeks * _WEEK) for call in self.calls)
        return replace(self, calls=calls, weeks=self.weeks + weeks)
