"""Calls to put in, made up for the tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from connect.calls.incoming import (
    AgentIn,
    CallIn,
    ContactIn,
    DepartmentIn,
    LegIn,
    NoteIn,
    NumberIn,
    RecordingIn,
    Segment,
    TranscriptIn,
)
from connect.calls.ingest import IngestReport, ingest
from connect.calls.kinds import Direction, LegResult, RecordingKind, Status
from connect.core import database

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

FRONT_DESK = NumberIn("+915000000001", "Front desk", circle="Karnataka")
HELPLINE = NumberIn("+915000000002", "Helpline", circle="Delhi")
SALES = DepartmentIn("Sales")
CARE = DepartmentIn("Care")
ASHA = AgentIn("asha", "Asha Rao", extension="11", departments=(SALES, CARE))
VIVAN = AgentIn("vivan", "Vivan Das", departments=(CARE,))
BINA = ContactIn("c-1", "Bina Pillai", city="Mysuru", state="Karnataka")
BINAS_NUMBER = "+915000000010"


def a_call(nth: int = 1, **changes: Any) -> CallIn:
    """An answered call, the `nth` of its source, one minute after the one before."""
    started = NOON + nth * MINUTE
    call = CallIn(
        source="test",
        source_id=str(nth),
        number=FRONT_DESK,
        direction=Direction.INBOUND,
        status=Status.ANSWERED,
        started_at=started,
        answered_at=started + timedelta(seconds=8),
        ended_at=started + timedelta(seconds=68),
        department=SALES,
        agent=ASHA,
        caller=BINAS_NUMBER,
        contact=BINA,
        ring_s=8,
        wait_s=0,
        talk_s=60,
        total_s=68,
        tags=("new",),
        cost_paise=120,
        legs=(LegIn(ASHA, LegResult.ANSWERED, answer_at=started + timedelta(seconds=8)),),
    )
    return replace(call, **changes)


def a_full_call() -> CallIn:
    """A call with a part of every kind."""
    said = (Segment("agent", 0, 900, "Good morning."), Segment("caller", 900, 2500, "I have a question."))
    return a_call(
        notes=(NoteIn(ASHA, "Call again on Monday.", NOON),),
        recordings=(
            RecordingIn(RecordingKind.RECORDING, 60, "ab" * 32),
            RecordingIn(RecordingKind.VOICEMAIL, 9, "cd" * 32, heard=False),
        ),
        transcript=TranscriptIn("en-IN", said),
    )


def put(account_id: UUID, *calls: CallIn, emit: bool = False) -> IngestReport:
    """Store calls in a unit of work of their own."""
    with database.unit_of_work() as session:
        return ingest(session, account_id, calls, emit=emit)
