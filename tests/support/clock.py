"""Moves the platform's clock, so that an expiry in ninety days is seen in a moment."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

from connect.core import clock, settings


class Clock:
    """core.clock goes on from where it is moved to; the next test's settings put it back."""

    def move(self, **by: float) -> datetime:
        """Move by days, hours, minutes, seconds (as timedelta takes them); the new time."""
        current = settings.current()
        settings.activate(dataclasses.replace(current, clock_offset=current.clock_offset + timedelta(**by)))
        return clock.now()
