"""The closed sets of values in a call log (docs: scopes and fields). A value outside its set cannot be made."""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Status(StrEnum):
    """How a call ended."""

    ANSWERED = "answered"
    MISSED = "missed"
    VOICEMAIL = "voicemail"
    ABANDONED_IVR = "abandoned_ivr"  # the caller hung up in the menu
    ABANDONED_QUEUE = "abandoned_queue"  # the caller hung up while waiting
    BUSY = "busy"
    FAILED = "failed"


class MissedReason(StrEnum):
    """Why nobody spoke with the caller."""

    NO_ANSWER = "no_answer"
    OUT_OF_HOURS = "out_of_hours"
    NO_AGENT = "no_agent"
    SHORT_ABANDON = "short_abandon"  # gave up within SHORT_ABANDON_S of waiting
    IN_IVR = "in_ivr"


class NumberType(StrEnum):
    FIXED = "fixed"
    MOBILE = "mobile"
    TOLL_FREE = "toll_free"


class AgentRole(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"


class LegAction(StrEnum):
    """What the exchange did with the leg."""

    DIAL = "dial"
    TRANSFER = "transfer"


class LegResult(StrEnum):
    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"


class RecordingKind(StrEnum):
    RECORDING = "recording"
    VOICEMAIL = "voicemail"


SHORT_ABANDON_S = 5
