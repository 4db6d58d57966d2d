"""Where each field of the catalogue stands in the tables. The door picks a projection's columns out of these and reads no others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, FromClause, String, and_, case, null, select, type_coerce

from connect.accounts.models import Account
from connect.calls.functions import id_list
from connect.calls.kinds import RecordingKind
from connect.calls.models import (
    Agent,
    AgentDepartment,
    Call,
    CallLeg,
    CallNote,
    Contact,
    Department,
    Recording,
    Subject,
    Transcript,
    VirtualNumber,
)
from connect.calls.window import Conditions, Window
from connect.core.database import Id

Column = ColumnElement[Any]
Columns = Mapping[str, Column]
RecordKeys = tuple[Column, Column, Column, Column, Column, Column]

_account, _number, _department = Account.__table__, VirtualNumber.__table__, Department.__table__
_agent, _member = Agent.__table__, AgentDepartment.__table__
_subject, _contact, _call = Subject.__table__, Contact.__table__, Call.__table__
_leg, _note, _recording, _transcript = CallLeg.__table__, CallNote.__table__, Recording.__table__, Transcript.__table__

_NONE = type_coerce(null(), Id())
_PERSON = (_subject.c.id, _subject.c.salt, _subject.c.e164)


def _as_listed(_window: Window) -> Columns:
    return {}


@dataclass(frozen=True, slots=True)
class Source:
    """A resource in SQL.

    `rows`: the FROM clause. `keys`: record id, number id, department id, subject id, salt and number, what a ledger line names.
    `within`: the conditions of a window. `narrowed`: columns that show less under a window.
    """

    rows: FromClause
    columns: Columns
    keys: RecordKeys
    within: Callable[[Window], Conditions]
    narrowed: Callable[[Window], Columns] = _as_listed


def _own(record: Column, number: Column = _NONE, department: Column = _NONE) -> RecordKeys:
    return (record, number, department, _NONE, _NONE, _NONE)


def _of_call(record: Column) -> RecordKeys:
    return (record, _call.c.number_id, _call.c.department_id, *_PERSON)


def _pick(table: FromClause, *names: str, **others: Column) -> Columns:
    return MappingProxyType({name: table.c[name] for name in names} | others)


def _same_account(one: FromClause, other: FromClause, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(one.c.account_id == other.c.account_id, condition)


_CALLS = _call.outerjoin(_subject, _same_account(_subject, _call, _subject.c.id == _call.c.subject_id))
_NAMED_CALLS = _CALLS.outerjoin(_contact, _same_account(_contact, _subject, _contact.c.id == _subject.c.contact_id))


def _with_call(table: FromClause) -> FromClause:
    return table.join(_CALLS, _same_account(_call, table, _call.c.id == table.c.call_id))


def _user_departments(window: Window | None = None) -> Column:
    member = _member.c
    query = select(id_list(member.department_id)).where(
        member.account_id == _agent.c.account_id,
        member.agent_id == _agent.c.id,
        *(window.departments_on(member.department_id) if window else ()),
    )
    return query.correlate(_agent).scalar_subquery()


def _visible_parent(window: Window) -> Column:
    parent: Column = _department.c.parent_id
    return parent if window.departments is None else case((parent.in_(window.departments), parent))


def _media(kind: RecordingKind, *names: str) -> Source:
    named = ("id", "call_id", "seconds", "format", "channels", "sha256", "expires_at", *names)
    return Source(
        rows=_with_call(_recording),
        columns=_pick(
            _recording, *named, media=type_coerce(null(), String())
        ),  # the address is no table's, but the door's
        keys=_of_call(_recording.c.id),
        within=lambda window: [
            _recording.c.account_id == window.account_id,
            _recording.c.kind == kind,
            *window.calls(),
        ],
    )


def _part(table: FromClause, *names: str) -> Source:
    """What hangs on a call is visible with it."""
    return Source(
        rows=_with_call(table),
        columns=_pick(table, *names),
        keys=_of_call(table.c.id),
        within=lambda window: [table.c.account_id == window.account_id, *window.calls()],
    )


_ACCOUNT = Source(
    rows=_account,
    columns=_pick(_account, "id", "name", "timezone", "region"),
    keys=_own(_account.c.id),
    within=lambda window: [_account.c.id == window.account_id],
)
_NUMBER = Source(
    rows=_number,
    columns=_pick(_number, "id", "e164", "label", "circle", "type", "active"),
    keys=_own(_number.c.id, number=_number.c.id),
    within=lambda window: [_number.c.account_id == window.account_id, *window.numbers_on(_number.c.id)],
)
_DEPARTMENT = Source(
    rows=_department,
    columns=_pick(_department, "id", "name", "parent_id"),
    keys=_own(_department.c.id, department=_department.c.id),
    within=lambda window: [_department.c.account_id == window.account_id, *window.departments_on(_department.c.id)],
    narrowed=lambda window: {"parent_id": _visible_parent(window)},
)
_USER = Source(
    rows=_agent,
    columns=_pick(
        _agent,
        *("id", "display_name", "role", "extension", "email", "mobile"),
        departments=_user_departments(),
    ),
    keys=_own(_agent.c.id),
    within=lambda window: [_agent.c.account_id == window.account_id, *window.users_on(_agent.c.id)],
    narrowed=lambda window: {"departments": _user_departments(window)},
)
_CONTACT = Source(
    rows=_contact.join(_subject, _same_account(_subject, _contact, _subject.c.id == _contact.c.subject_id)),
    columns=_pick(
        _contact,
        *("id", "display_name", "tags", "state", "created_at", "updated_at"),
        *("email", "company", "city", "postal_code", "birthday"),
        e164=_subject.c.e164,
    ),
    keys=(_contact.c.id, _NONE, _NONE, *_PERSON),
    within=lambda window: [_contact.c.account_id == window.account_id, *window.contacts()],
)
_CALL = Source(
    rows=_NAMED_CALLS,
    columns=_pick(
        _call,
        *("id", "session_id", "number_id", "direction", "status", "missed_reason", "department_id", "ivr_path"),
        *("started_at", "queued_at", "answered_at", "ended_at", "ring_s", "wait_s", "talk_s", "total_s"),
        *("agent_id", "circle", "disposition", "tags", "reference_id", "updated_at", "source"),
        *("has_recording", "has_voicemail", "has_transcript"),
        cost=_call.c.cost_paise,
        caller_ref=_call.c.subject_id,  # the door makes the app's own reference of it
        caller_e164=_subject.c.e164,
        caller_name=_contact.c.display_name,
        contact_id=_subject.c.contact_id,
    ),
    keys=_of_call(_call.c.id),
    within=Window.calls,
)

SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "account": _ACCOUNT,
        "number": _NUMBER,
        "department": _DEPARTMENT,
        "user": _USER,
        "contact": _CONTACT,
        "call": _CALL,
        "call_leg": _part(
            _leg,
            *("call_id", "seq", "agent_id", "dialled_e164", "result", "action"),
            *("ring_at", "answer_at", "end_at", "hangup_cause"),
        ),
        "call_note": _part(_note, "id", "call_id", "author_id", "body", "created_at"),
        "recording": _media(RecordingKind.RECORDING),
        "voicemail": _media(RecordingKind.VOICEMAIL, "heard"),
        "transcript": _part(_transcript, "call_id", "language", "segments"),
    }
)
