"""What `connect import` says afterwards. The keys of `as_json` are documented in docs/operator/commands.md and tested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from connect.calls.importers.parsed import Parsed
from connect.calls.ingest import IngestReport


@dataclass(frozen=True, slots=True)
class ImportReport:
    """A file as it was read, and what of it was new to the account. `account` is the id as people write it."""

    account: str
    format: str
    file: str
    parsed: Parsed
    stored: IngestReport

    def as_json(self) -> dict[str, Any]:
        parsed, calls = self.parsed, self.parsed.calls
        return {
            "account": self.account,
            "format": self.format,
            "file": self.file,
            "rows": parsed.rows,
            "calls": {"total": len(calls), **Counter(call.status.value for call in calls)},
            "numbers": len({call.number for call in calls}),
            "departments": len({call.department for call in calls} - {None}),
            "users": len({call.agent for call in calls} - {None}),
            "contacts": len({call.contact for call in calls} - {None}),
            "stored": {
                "added": self.stored.added,
                "changed": self.stored.changed,
                "unchanged": self.stored.unchanged,
            },
            "refused": [asdict(row) for row in parsed.refused],
            "left_empty": [asdict(cell) for cell in parsed.emptied],
            "remarks": dict(parsed.remarks),
            "timezone": parsed.timezone,
            "number_range": parsed.number_range,
            "shifted_weeks": parsed.weeks,
        }

    def as_lines(self) -> Iterator[str]:
        """The same for people; the totals stand last."""
        said = self.as_json()
        for row in self.parsed.refused:
            yield f"line {row.line}: refused, {row.reason}"
        for cell in self.parsed.emptied:
            yield f"line {cell.line}: {cell.column} is {cell.value}, left empty"
        for remark, count in self.parsed.remarks.items():
            yield f"{count:,} rows: {remark}"
        yield f"Caller numbers and lines are stand-ins out of {self.parsed.number_range}, which is assigned to nobody."
        if self.parsed.weeks:
            yield f"All times were moved by {self.parsed.weeks:,} weeks."
        by_status = ", ".join(f"{count:,} {status}" for status, count in said["calls"].items() if status != "total")
        yield f"{self.parsed.rows:,} rows: {len(self.parsed.calls):,} calls ({by_status}), {len(self.parsed.refused):,} refused."
        yield ", ".join(f"{name} {said[name]:,}" for name in ("numbers", "departments", "users", "contacts")) + "."
        yield f"{self.stored.added:,} calls added, {self.stored.changed:,} changed, {self.stored.unchanged:,} as they were."
