"""Calls as a source hands them over, before they have ids: what importers and the generator make and `ingest` takes.

Times are aware; durations whole seconds or None where the source does not know; numbers E.164; money paise. A line, department,
agent or contact is described where it is used; `ingest` makes it when it meets it first and leaves one it knows as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from connect.calls.kinds import (
    AgentRole,
    Direction,
    LegAction,
    LegResult,
    MissedReason,
    NumberType,
    RecordingKind,
    Status,
)


@dataclass(frozen=True, slots=True)
class NumberIn:
    """A line of the account, known by its number."""

    e164: str
    label: str
    circle: str | None = None
    type: NumberType = NumberType.FIXED


@dataclass(frozen=True, slots=True)
class DepartmentIn:
    """A department, known by its name; the parent's must be there before."""

    name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class AgentIn:
    """Somebody who takes calls, known by `ref`, the source's own name for them."""

    ref: str
    display_name: str
    role: AgentRole = AgentRole.AGENT
    extension: str | None = None
    email: str | None = None
    mobile: str | None = None
    departments: tuple[DepartmentIn, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactIn:
    """An entry of the address book, known by `ref`; its number is the caller's."""

    ref: str
    display_name: str
    email: str | None = None
    company: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    birthday: date | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LegIn:
    """One attempt to reach an agent; legs count from 1 in their order."""

    agent: AgentIn | None
    result: LegResult
    action: LegAction = LegAction.DIAL
    dialled: str | None = None
    ring_at: datetime | None = None
    answer_at: datetime | None = None
    end_at: datetime | None = None
    hangup_cause: str | None = None

    def moved(self, by: timedelta) -> LegIn:
        return replace(
            self, ring_at=_moved(self.ring_at, by), answer_at=_moved(self.answer_at, by), end_at=_moved(self.end_at, by)
        )


@dataclass(frozen=True, slots=True)
class NoteIn:
    author: AgentIn | None
    body: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RecordingIn:
    """A recording or voicemail whose media is in the store already."""

    kind: RecordingKind
    seconds: int
    sha256: str
    format: str = "wav"
    channels: int = 1
    heard: bool | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    speaker: str
    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class TranscriptIn:
    language: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIn:
    """One call, known by (source, source_id). `caller`: the other party's number, None when withheld."""

    source: str
    source_id: str
    number: NumberIn
    direction: Direction
    status: Status
    started_at: datetime
    missed_reason: MissedReason | None = None
    department: DepartmentIn | None = None
    agent: AgentIn | None = None
    caller: str | None = None
    contact: ContactIn | None = None
    circle: str | None = None
    session_id: str | None = None
    reference_id: str | None = None
    ivr_path: tuple[str, ...] = ()
    queued_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    ivr_s: int | None = None
    ring_s: int | None = None
    wait_s: int | None = None
    talk_s: int | None = None
    total_s: int | None = None
    disposition: str | None = None
    tags: tuple[str, ...] = ()
    cost_paise: int | None = None
    legs: tuple[LegIn, ...] = ()
    notes: tuple[NoteIn, ...] = ()
    recordings: tuple[RecordingIn, ...] = ()
    transcript: TranscriptIn | None = None

    def moved(self, by: timedelta) -> CallIn:
        """The same call, all its own times moved."""
        return replace(
            self,
            started_at=self.started_at + by,
            queued_at=_moved(self.queued_at, by),
            answered_at=_moved(self.answered_at, by),
            ended_at=_moved(self.ended_at, by),
            legs=tuple(leg.moved(by) for leg in self.legs),
        )


def _moved(at: datetime | None, by: timedelta) -> datetime | None:
    return None if at is None else at + by
