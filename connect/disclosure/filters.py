"""Filters of the call log, as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from connect.core import ids

_ID_PREFIX = {"number_id": "num", "department_id": "dep", "agent_id": "usr"}


@dataclass(frozen=True)
class CallFilter:
    """What of the call log is asked for; None where a filter is not used. Times are aware, ids are ours, `caller` is E.164."""

    started_after: datetime | None = None
    started_before: datetime | None = None
    updated_since: datetime | None = None
    number_id: UUID | None = None
    department_id: UUID | None = None
    agent_id: UUID | None = None
    caller: str | None = None
    status: str | None = None
    direction: str | None = None

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> CallFilter:
        """From parsed query parameters, whose ids are text."""
        known = {item.name: query[item.name] for item in fields(cls) if query.get(item.name) is not None}
        decoded = {name: ids.decode(_ID_PREFIX[name], value) for name, value in known.items() if name in _ID_PREFIX}
        return cls(**(known | decoded))

    def used(self) -> dict[str, Any]:
        """The filters in use, by name."""
        return {item.name: value for item in fields(self) if (value := getattr(self, item.name)) is not None}
