"""Rows that are nobody's: for the preview of an account without calls, a developer's look at the consent page, an event's sample.

They take the same way as real ones, except the ledger. Numbers are possible ones and assigned to nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from connect.core import clock
from connect.disclosure.context import Context
from connect.disclosure.encoding import encode
from connect.disclosure.rows import Keys, Rows
from connect.scopes.catalogue import projection

Values = Mapping[str, Any]

_NUMBERS, _DEPARTMENTS, _USERS = [[UUID(int=first + place) for place in range(3)] for first in (0x100, 0x200, 0x300)]
_CALLERS = (("+915000000010", "Made Up"), ("+915000000027", None), ("+915000000044", "Example Person"))


def calls(context: Context) -> list[dict[str, Any]]:
    """Three calls as an app with the context's scopes would get them."""
    return records(context, "call")


def records(context: Context, resource: str) -> list[dict[str, Any]]:
    """Some records of `resource`, one of those that a preview shows, likewise."""
    shown, made = projection(resource, context.scopes), _MADE[resource]()
    values = [[each.get(name) for name in shown.names] for each in made]
    return encode(context, Rows(shown, values, [_keys(each["id"]) for each in made]))


def _keys(record_id: UUID) -> Keys:
    """As of a row that nothing is entered for: the caller's reference alone is made of them."""
    return Keys(record_id.bytes, None, None, record_id.bytes, None, None)


def _calls() -> Sequence[Values]:
    return [_call(place, number, name) for place, (number, name) in enumerate(_CALLERS)]


def _call(place: int, number: str, name: str | None) -> Values:
    started = _hours_ago(place + 1)
    answered = started + timedelta(seconds=8) if place != 1 else None
    return {
        "id": UUID(int=0x400 + place),
        "number_id": _NUMBERS[0],
        "department_id": _DEPARTMENTS[0],
        "direction": "inbound",
        "status": "answered" if answered else "missed",
        "missed_reason": None if answered else "no_answer",
        "ivr_path": ["1"],
        "started_at": started,
        "answered_at": answered,
        "ended_at": started + timedelta(seconds=95),
        "wait_s": 8,
        "talk_s": 87 if answered else 0,
        "total_s": 95,
        "agent_id": _USERS[0] if answered else None,
        "caller_e164": number,
        "caller_name": name,
        "circle": "Karnataka",
        "tags": [],
        "has_recording": False,
        "has_voicemail": False,
        "has_transcript": False,
        "updated_at": started,
        "source": "example",
    }


def _contacts() -> Sequence[Values]:
    firms = (("Made Up", "Nobody and Sons"), ("Example Person", None), ("Sample Caller", "Invented Sweets"))
    return [_contact(place, *firm) for place, firm in enumerate(firms)]


def _contact(place: int, name: str, company: str | None) -> Values:
    return {
        "id": UUID(int=0x500 + place),
        "display_name": name,
        "e164": f"+9150000000{place + 1}0",
        "tags": ["lead"] if place == 0 else [],
        "state": "Karnataka",
        "created_at": _hours_ago(24 * (place + 30)),
        "updated_at": _hours_ago(24 * (place + 1)),
        "email": f"{name.lower().replace(' ', '.')}@mail.example",
        "company": company,
        "city": "Mysuru",
        "postal_code": "570001",
        "birthday": date(1990, place + 1, 15),
    }


def _users() -> Sequence[Values]:
    people = (("Example Agent", "agent"), ("Sample Agent", "agent"), ("Example Supervisor", "supervisor"))
    return [
        {
            "id": _USERS[place],
            "display_name": name,
            "role": role,
            "extension": f"10{place + 1}",
            "departments": [_DEPARTMENTS[0]],
            "email": f"{name.lower().replace(' ', '.')}@business.example",
            "mobile": f"+9150000001{place + 1}0",
        }
        for place, (name, role) in enumerate(people)
    ]


def _numbers() -> Sequence[Values]:
    lines = (("Front desk", "Karnataka", "fixed"), ("Sales", "Mumbai", "mobile"), ("Care", None, "toll_free"))
    return [
        {
            "id": _NUMBERS[place],
            "e164": f"+9150000002{place + 1}0",
            "label": label,
            "circle": circle,
            "type": kind,
            "active": True,
        }
        for place, (label, circle, kind) in enumerate(lines)
    ]


def _departments() -> Sequence[Values]:
    above = (("Sales", None), ("Support", None), ("Field service", _DEPARTMENTS[1]))
    return [
        {"id": _DEPARTMENTS[place], "name": name, "parent_id": parent} for place, (name, parent) in enumerate(above)
    ]


def _account() -> Sequence[Values]:
    return [{"id": UUID(int=1), "name": "Example Traders", "timezone": "Asia/Kolkata", "region": "IN"}]


def _hours_ago(hours: int) -> datetime:
    return (clock.now() - timedelta(hours=hours)).replace(microsecond=0)


_MADE: Mapping[str, Callable[[], Sequence[Values]]] = {
    "call": _calls,
    "contact": _contacts,
    "user": _users,
    "number": _numbers,
    "department": _departments,
    "account": _account,
}
