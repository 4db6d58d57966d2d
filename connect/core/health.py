"""Signs of life of this process's background parts, for /readyz."""

from __future__ import annotations

from datetime import datetime, timedelta

from connect.core import clock

_SILENT = timedelta(seconds=30)  # a part that gives no sign of life for so long is taken for dead
_beats: dict[str, datetime] = {}


def beat(name: str) -> None:
    """Part `name` is alive now."""
    _beats[name] = clock.now()


def beats() -> dict[str, datetime]:
    """When each part of this process last gave a sign of life."""
    return dict(_beats)


def is_alive(beat: datetime) -> bool:
    """Whether a part whose last sign of life is `beat` still works."""
    return clock.now() - beat < _SILENT
