"""Rows that are nobody's, for the preview of an account without calls. They take the same way as real ones, except the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from connect.core import clock
from connect.disclosure.context import Context
from connect.disclosure.encoding import encode
from connect.disclosure.rows import Keys, Rows
from connect.scopes.catalogue import projection

_NUMBER, _DEPARTMENT, _USER = (place.to_bytes(16) for place in (1, 2, 3))
# Numbers that are possible and assigned to nobody.
_CALLERS = (("+915000000010", "Made Up"), ("+915000000027", None), ("+915000000044", "Example Person"))


def calls(context: Context) -> list[dict[str, Any]]:
    """Three made-up calls as an app with the context's scopes would get them."""
    shown = projection("call", context.scopes)
    keys = [_keys(place) for place in range(3)]
    values = [[_call(place, key).get(name) for name in shown.names] for place, key in enumerate(keys)]
    return encode(context, Rows(shown, values, keys))


def _keys(place: int) -> Keys:
    return Keys((place + 10).to_bytes(16), _NUMBER, _DEPARTMENT, (place + 20).to_bytes(16), None, None)


def _call(place: int, keys: Keys) -> dict[str, Any]:
    started = (clock.now() - timedelta(hours=place + 1)).replace(microsecond=0)
    answered = started + timedelta(seconds=8) if place != 1 else None
    number, name = _CALLERS[place]
    return {
        "id": keys.record_id,
        "number_id": _NUMBER,
        "department_id": _DEPARTMENT,
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
        "agent_id": _USER if answered else None,
        "caller_ref": keys.subject_id,
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
