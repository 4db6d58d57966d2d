"""The way calls come in: many at once, in the caller's transaction, each only once however often it is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, bindparam, select, update
from sqlalchemy.orm import Session

from connect.calls import changes
from connect.calls.directory import Directory
from connect.calls.incoming import CallIn
from connect.calls.kinds import RecordingKind
from connect.calls.models import Call
from connect.calls.parts import Parts
from connect.calls.signals import EndedCall, call_ended
from connect.calls.writing import insert_rows
from connect.core import ids
from connect.scopes.values import CURRENCY

Row = dict[str, Any]
Key = tuple[str, str]

_call = Call.__table__.c

# Statements that are built once are also compiled once.
_KNOWN = select(*_call).where(
    _call.account_id == bindparam("account"),
    _call.source == bindparam("source"),
    _call.source_id.in_(bindparam("source_ids", expanding=True)),
)
_UPDATE = update(Call).where(_call.account_id == bindparam("known_account"), _call.id == bindparam("known_id"))

_FLAGS = ("has_recording", "has_voicemail", "has_transcript")


@dataclass(frozen=True, slots=True)
class IngestReport:
    """How many calls were new, changed, as they were before; `made` counts new rows of other tables by name."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    made: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: IngestReport) -> IngestReport:
        return IngestReport(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            Counter(self.made) + Counter(other.made),
        )


def ingest(session: Session, account_id: UUID, calls: Sequence[CallIn], *, emit: bool) -> IngestReport:
    """Store `calls` of an account; `emit` sends `call_ended` for those that have now ended.

    A call is known by (source, source_id). A known one takes over what changed, gets a new change_seq and keeps its caller, who was
    settled at entry and may have been erased since. Of two with one key the later counts. Raises UnknownAccountError.
    """
    return _Ingest(session, account_id).run({(call.source, call.source_id): call for call in calls}, emit)


class _Ingest:
    def __init__(self, session: Session, account_id: UUID) -> None:
        self._session, self._account_id = session, account_id
        self._connection = session.connection()
        self._at = changes.turn(self._connection, account_id)
        self._directory = Directory(self._connection, account_id, self._at)
        self._parts = Parts(self._connection, account_id, self._directory, self._at)

    def run(self, calls: Mapping[Key, CallIn], emit: bool) -> IngestReport:
        known = self._known(calls)
        self._directory.learn(calls.values())
        self._directory.learn_callers(call for key, call in calls.items() if key not in known)
        new = {ids.new(): call for key, call in calls.items() if key not in known}
        changed = self._changed({known[key]["id"]: call for key, call in calls.items() if key in known}, known.values())
        sequence = iter(changes.take(self._connection, self._account_id, len(new) + len(changed)))
        rows = [self._new_row(call_id, call, next(sequence)) for call_id, call in new.items()]
        updates = [self._stamped(row, next(sequence)) for row in changed]
        self._write(rows, updates)
        self._parts.add(new)
        if emit:
            self._tell(rows + updates, {row["id"] for row in known.values() if row["ended_at"] is not None})
        return IngestReport(len(rows), len(updates), len(known) - len(updates), self._directory.made)

    def _known(self, calls: Iterable[Key]) -> dict[Key, RowMapping]:
        by_source: dict[str, list[str]] = {}
        for source, source_id in calls:
            by_source.setdefault(source, []).append(source_id)
        found: dict[Key, RowMapping] = {}
        for source, source_ids in by_source.items():
            asked = {"account": self._account_id, "source": source, "source_ids": source_ids}
            found |= {(source, row["source_id"]): row for row in self._connection.execute(_KNOWN, asked).mappings()}
        return found

    def _changed(self, calls: Mapping[UUID, CallIn], known: Iterable[RowMapping]) -> list[Row]:
        """The rows, as they will be, of known calls whose values or parts are not what came."""
        touched = self._parts.merge(calls)
        changed = []
        for before in known:
            row = self._values(calls[before["id"]])
            row |= {flag: row[flag] or before[flag] for flag in _FLAGS}
            if before["id"] in touched or any(before[name] != value for name, value in row.items()):
                changed.append({"id": before["id"], **row})
        return changed

    def _new_row(self, call_id: UUID, call: CallIn, change_seq: int) -> Row:
        caller = {"subject_id": self._directory.subject(call.caller), "entered_at": self._at}
        return self._stamped({"id": call_id, **caller, **self._values(call)}, change_seq)

    def _stamped(self, row: Row, change_seq: int) -> Row:
        return {"account_id": self._account_id, "change_seq": change_seq, "updated_at": self._at, **row}

    def _values(self, call: CallIn) -> Row:
        """The columns that the source decides."""
        kinds = {recording.kind for recording in call.recordings}
        return {
            "source": call.source,
            "source_id": call.source_id,
            "session_id": call.session_id,
            "reference_id": call.reference_id,
            "number_id": self._directory.number(call.number),
            "department_id": self._directory.department(call.department),
            "agent_id": self._directory.agent(call.agent),
            "direction": call.direction,
            "status": call.status,
            "missed_reason": call.missed_reason,
            "ivr_path": list(call.ivr_path),
            "started_at": call.started_at,
            "queued_at": call.queued_at,
            "answered_at": call.answered_at,
            "ended_at": call.ended_at,
            "ivr_s": call.ivr_s,
            "ring_s": call.ring_s,
            "wait_s": call.wait_s,
            "talk_s": call.talk_s,
            "total_s": call.total_s,
            "circle": call.circle,
            "disposition": call.disposition,
            "tags": list(call.tags),
            "cost_paise": call.cost_paise,
            "currency": None if call.cost_paise is None else CURRENCY,
            "has_recording": RecordingKind.RECORDING in kinds,
            "has_voicemail": RecordingKind.VOICEMAIL in kinds,
            "has_transcript": call.transcript is not None,
        }

    def _write(self, rows: list[Row], updates: list[Row]) -> None:
        insert_rows(self._connection, Call, rows)
        if updates:
            self._connection.execute(_UPDATE, [_renamed(row) for row in updates])

    def _tell(self, rows: Iterable[Row], ended_before: set[UUID]) -> None:
        for row in rows:
            if row["ended_at"] is not None and row["id"] not in ended_before:
                call_ended.send(
                    self._session,
                    call=EndedCall(
                        account_id=self._account_id,
                        call_id=row["id"],
                        number_id=row["number_id"],
                        department_id=row["department_id"],
                        started_at=row["started_at"],
                        change_seq=row["change_seq"],
                    ),
                )


def _renamed(row: Row) -> Row:
    """The row for an UPDATE: its key goes into the condition, the rest is set."""
    values = {name: value for name, value in row.items() if name not in {"account_id", "id"}}
    return {"known_account": row["account_id"], "known_id": row["id"], **values}
