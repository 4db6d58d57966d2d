"""Signs of life of this process's background parts, for /readyz."""

from __future__ import annotations

from datetime import datetime

from connect.core import clock

_beats: dict[str, datetime] = {}


def beat(name: str) -> None:
    """Part `name` is alive now."""
    _beats[name] = clock.now()


def beats() -> dict[str, datetime]:
    """When each part of this process last gave a sign of life."""
    return dict(_beats)
