"""The call log: calls, their legs and notes, and figures made from them."""

from __future__ import annotations

from connect.scopes.fields import (
    CONTENT,
    OPEN,
    PERSONAL,
    PSEUDONYMOUS,
    Boolean,
    Choice,
    Date,
    Id,
    Integer,
    Money,
    Text,
    Texts,
    Time,
    shown_by,
)
from connect.scopes.schemas.base import ResourceSchema

DIRECTIONS = ("inbound", "outbound")
STATUSES = ("answered", "missed", "voicemail", "abandoned_ivr", "abandoned_queue", "busy", "failed")
MISSED_REASONS = ("no_answer", "out_of_hours", "no_agent", "short_abandon", "in_ivr")

call_log_read = shown_by("call_log:read")
call_log_numbers_read = shown_by("call_log.numbers:read")
call_log_notes_read = shown_by("call_log.notes:read")
call_log_stats_read = shown_by("call_log.stats:read")
contacts_read = shown_by("contacts:read")


class CallSchema(ResourceSchema):
    resource = "call"
    id_prefix = "call"
    scope = "call_log:read"

    id = call_log_read(Id("call"), OPEN, "Id of the call; the same for every app of the account")
    session_id = call_log_read(Text(allow_none=True), OPEN, "Joins calls of one conversation, such as a transfer")
    number_id = call_log_read(Id("num"), OPEN, "The account's line")
    direction = call_log_read(Choice(DIRECTIONS), OPEN, "Who called whom, as the business sees it")
    status = call_log_read(Choice(STATUSES), OPEN, "How the call ended")
    missed_reason = call_log_read(Choice(MISSED_REASONS, allow_none=True), OPEN, "Why nobody spoke with the caller")
    department_id = call_log_read(Id("dep", allow_none=True), OPEN, "Department that the call was for")
    ivr_path = call_log_read(Texts(), OPEN, "Choices that the caller made in the menu, in order")
    started_at = call_log_read(Time(), OPEN, "When the call began")
    queued_at = call_log_read(Time(allow_none=True), OPEN, "When the caller began to wait for an agent")
    answered_at = call_log_read(Time(allow_none=True), OPEN, "When an agent answered")
    ended_at = call_log_read(Time(allow_none=True), OPEN, "When the call ended; null while it lasts")
    ring_s = call_log_read(Integer(allow_none=True), OPEN, "Seconds of ringing; null where unknown")
    wait_s = call_log_read(Integer(allow_none=True), OPEN, "Seconds of waiting; null where unknown")
    talk_s = call_log_read(Integer(allow_none=True), OPEN, "Seconds of talk; null where unknown")
    total_s = call_log_read(Integer(allow_none=True), OPEN, "Seconds from beginning to end; null where unknown")
    agent_id = call_log_read(Id("usr", allow_none=True), PSEUDONYMOUS, "User who took or made the call")
    caller_ref = call_log_read(
        Text(allow_none=True),
        PSEUDONYMOUS,
        "Pseudonym of the caller: stable for one app and account, different for every other app; null if withheld",
    )
    caller_e164 = call_log_numbers_read(
        Text(allow_none=True), PERSONAL, "The other party's number in E.164; null if withheld", mask="number"
    )
    caller_name = call_log_numbers_read(
        Text(allow_none=True), PERSONAL, "The other party's name in the address book", mask="initials"
    )
    contact_id = contacts_read(
        Id("con", allow_none=True), PSEUDONYMOUS, "Contact that the other party's number belongs to"
    )
    circle = call_log_read(Text(allow_none=True), PSEUDONYMOUS, "Telecom circle of the other party's number")
    disposition = call_log_read(Text(allow_none=True), OPEN, "Outcome that the agent chose")
    tags = call_log_read(Texts(), OPEN, "Labels that the business gave")
    cost = call_log_read(Money(allow_none=True), OPEN, "What the call cost the business, in paise")
    reference_id = call_log_read(Text(allow_none=True), PSEUDONYMOUS, "The business's own reference, such as an order")
    has_recording = call_log_read(Boolean(), OPEN, "Whether a recording exists")
    has_voicemail = call_log_read(Boolean(), OPEN, "Whether a voicemail exists")
    has_transcript = call_log_read(Boolean(), OPEN, "Whether a transcript exists")
    updated_at = call_log_read(Time(), OPEN, "When the record last changed")
    source = call_log_read(Text(), OPEN, "Which system or import the record came from")


class CallLegSchema(ResourceSchema):
    resource = "call_leg"
    scope = "call_log:read"

    call_id = call_log_read(Id("call"), OPEN, "The call")
    seq = call_log_read(Integer(), OPEN, "Place among the call's legs, from 1")
    agent_id = call_log_read(Id("usr", allow_none=True), PSEUDONYMOUS, "User who was rung")
    dialled_e164 = call_log_numbers_read(
        Text(allow_none=True), PERSONAL, "Number that was rung, in E.164", mask="number"
    )
    result = call_log_read(Text(), OPEN, "answered, no_answer or busy; more may come")
    action = call_log_read(Text(), OPEN, "dial or transfer; more may come")
    ring_at = call_log_read(Time(allow_none=True), OPEN, "When it began to ring")
    answer_at = call_log_read(Time(allow_none=True), OPEN, "When it was answered")
    end_at = call_log_read(Time(allow_none=True), OPEN, "When it ended")
    hangup_cause = call_log_read(Text(allow_none=True), OPEN, "Cause that the network gave")


class CallNoteSchema(ResourceSchema):
    resource = "call_note"
    id_prefix = "note"
    scope = "call_log.notes:read"

    id = call_log_notes_read(Id("note"), OPEN, "Id of the note")
    call_id = call_log_notes_read(Id("call"), OPEN, "The call")
    author_id = call_log_notes_read(Id("usr", allow_none=True), PSEUDONYMOUS, "User who wrote it")
    body = call_log_notes_read(Text(), CONTENT, "What was written")
    created_at = call_log_notes_read(Time(), OPEN, "When it was written")


class CallStatsSchema(ResourceSchema):
    """Counts and sums; a group per agent is shown only where it holds five calls or more."""

    resource = "call_stats"
    scope = "call_log.stats:read"

    day = call_log_stats_read(Date(allow_none=True), OPEN, "Day of the group, in the account's time zone")
    hour = call_log_stats_read(Integer(allow_none=True), OPEN, "Hour of the group, 0 to 23")
    number_id = call_log_stats_read(Id("num", allow_none=True), OPEN, "Line of the group")
    department_id = call_log_stats_read(Id("dep", allow_none=True), OPEN, "Department of the group")
    status = call_log_stats_read(Choice(STATUSES, allow_none=True), OPEN, "Status of the group")
    agent_id = call_log_stats_read(Id("usr", allow_none=True), PSEUDONYMOUS, "User of the group, from five calls on")
    calls = call_log_stats_read(Integer(), OPEN, "Number of calls")
    ring_s = call_log_stats_read(Integer(), OPEN, "Seconds of ringing, summed")
    wait_s = call_log_stats_read(Integer(), OPEN, "Seconds of waiting, summed")
    talk_s = call_log_stats_read(Integer(), OPEN, "Seconds of talk, summed")
    total_s = call_log_stats_read(Integer(), OPEN, "Seconds of calls, summed")
