"""What hangs on a call: legs, notes, recordings, transcript. Written with a new call, merged into one that is known.

A part is known by its key within the call; one that came with other values is changed, one that did not come again stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Update, bindparam, select, update

from connect.calls.directory import Directory
from connect.calls.incoming import CallIn
from connect.calls.models import CallLeg, CallNote, Recording, Transcript
from connect.calls.writing import insert_rows
from connect.core import ids
from connect.core.database import Base

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A table of parts: the columns that tell a call's parts apart, and how they come out of what a source sent."""

    model: type[Base]
    key: tuple[str, ...]
    rows: Callable[[CallIn, Directory], Iterable[Row]]


def _legs(call: CallIn, directory: Directory) -> Iterator[Row]:
    for seq, leg in enumerate(call.legs, start=1):
        yield {
            "seq": seq,
            "agent_id": directory.agent(leg.agent),
            "dialled_e164": leg.dialled,
            "action": leg.action,
            "result": leg.result,
            "ring_at": leg.ring_at,
            "answer_at": leg.answer_at,
            "end_at": leg.end_at,
            "hangup_cause": leg.hangup_cause,
        }


def _notes(call: CallIn, directory: Directory) -> Iterator[Row]:
    for note in call.notes:
        yield {"author_id": directory.agent(note.author), "body": note.body, "created_at": note.created_at}


def _recordings(call: CallIn, _directory: Directory) -> Iterator[Row]:
    for recording in call.recordings:
        yield {
            "kind": recording.kind,
            "sha256": recording.sha256,
            "seconds": recording.seconds,
            "format": recording.format,
            "channels": recording.channels,
            "heard": recording.heard,
            "expires_at": recording.expires_at,
        }


def _transcripts(call: CallIn, _directory: Directory) -> Iterator[Row]:
    if call.transcript is not None:
        segments = [asdict(segment) for segment in call.transcript.segments]
        yield {"language": call.transcript.language, "segments": segments}


PARTS = (
    Part(CallLeg, ("seq",), _legs),
    Part(CallNote, ("created_at", "body"), _notes),
    Part(Recording, ("kind", "sha256"), _recordings),
    Part(Transcript, ("language",), _transcripts),
)


class Parts:
    """Writes parts of one account's calls; `calls` map a call's id to what came for it."""

    def __init__(self, connection: Connection, account_id: UUID, directory: Directory, at: datetime) -> None:
        self._connection, self._account_id, self._directory, self._at = connection, account_id, directory, at

    def add(self, calls: Mapping[UUID, CallIn]) -> None:
        """All parts of new calls."""
        for part in PARTS:
            self._insert(part, [(call_id, row) for call_id, call in calls.items() for row in self._rows(part, call)])

    def merge(self, calls: Mapping[UUID, CallIn]) -> set[UUID]:
        """New and changed parts of known calls; the ids of the calls that this changed."""
        touched: set[UUID] = set()
        for part in PARTS:
            wanted = {call_id: list(self._rows(part, call)) for call_id, call in calls.items()}
            touched |= self._merge(part, {call_id: rows for call_id, rows in wanted.items() if rows})
        return touched

    def _rows(self, part: Part, call: CallIn) -> Iterable[Row]:
        return part.rows(call, self._directory)

    def _merge(self, part: Part, wanted: Mapping[UUID, list[Row]]) -> set[UUID]:
        known = self._known(part, wanted)
        new: list[tuple[UUID, Row]] = []
        changed: list[tuple[UUID, UUID, Row]] = []
        for call_id, rows in wanted.items():
            for row in rows:
                found = known[call_id].get(tuple(row[name] for name in part.key))
                if found is None:
                    new.append((call_id, row))
                elif any(found[name] != value for name, value in row.items()):
                    changed.append((call_id, found["id"], row))
        self._insert(part, new)
        self._update(part, changed)
        return {call_id for call_id, _ in new} | {call_id for call_id, _, _ in changed}

    def _known(self, part: Part, wanted: Mapping[UUID, list[Row]]) -> dict[UUID, dict[tuple[Any, ...], Row]]:
        known: dict[UUID, dict[tuple[Any, ...], Row]] = defaultdict(dict)
        if wanted:
            asked = {"account": self._account_id, "calls": list(wanted)}
            for row in self._connection.execute(_of_calls(part.model), asked).mappings():
                known[row["call_id"]][tuple(row[name] for name in part.key)] = dict(row)
        return known

    def _insert(self, part: Part, rows: list[tuple[UUID, Row]]) -> None:
        if rows:
            entered = {"account_id": self._account_id, "created_at": self._at}
            if "created_at" not in part.model.__table__.c:
                del entered["created_at"]
            values = [{**entered, "id": ids.new(), "call_id": call_id, **row} for call_id, row in rows]
            insert_rows(self._connection, part.model, values)

    def _update(self, part: Part, rows: list[tuple[UUID, UUID, Row]]) -> None:
        if rows:
            values = [{"account": self._account_id, "known_id": id_, **row} for _, id_, row in rows]
            self._connection.execute(_change(part.model), values)


@cache  # a statement that is built once is also compiled once
def _of_calls(model: type[Base]) -> Select[Any]:
    columns = model.__table__.c
    of_calls = columns.call_id.in_(bindparam("calls", expanding=True))
    return select(*columns).where(columns.account_id == bindparam("account"), of_calls)


@cache
def _change(model: type[Base]) -> Update:
    columns = model.__table__.c
    return update(model).where(columns.account_id == bindparam("account"), columns.id == bindparam("known_id"))
