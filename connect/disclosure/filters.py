"""Filters of the call log, as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class CallFilter:
    """What of the call log is asked for; None where a filter is not used. Times are aware, `caller` is E.164."""

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
        """Those members of `query` that are filters."""
        return cls(**{item.name: query[item.name] for item in fields(cls) if item.name in query})

    def used(self) -> dict[str, Any]:
        """The filters in use, by name."""
        return {item.name: value for item in fields(self) if (value := getattr(self, item.name)) is not None}
