"""Answers as the document of /v1 shows them. A test holds each against its schema; the numbers are possible and nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NUMBER, _DEPARTMENT = "num_06k3vzq1f8rkw0e4c2d7n9m5xs", "dep_06k3vzq1gdqxt8a1y6r4b0j7hk"
_USER, _CONTACT, _CALL = (
    "usr_06k3vzq1h2wcm5s9f3e8k1t6zp",
    "con_06k3vzq1jb7yn4d0g6x2p8v5rq",
    "call_06k3w9d7m4c1z8t5q2h9x6b3ae",
)
_STARTED, _ENDED = "2026-11-25T04:31:07Z", "2026-11-25T04:34:52Z"

ACCOUNT: Mapping[str, Any] = {
    "id": "acc_06k3vzq1e9hmb7x2w5c8r1d4fy",
    "name": "Neem Traders",
    "timezone": "Asia/Kolkata",
    "region": "IN",
}
NUMBER: Mapping[str, Any] = {
    "id": _NUMBER,
    "e164": "+915000000900",
    "label": "Front desk",
    "circle": "Karnataka",
    "type": "fixed",
    "active": True,
}
DEPARTMENT: Mapping[str, Any] = {"id": _DEPARTMENT, "name": "Sales", "parent_id": None}
USER: Mapping[str, Any] = {
    "id": _USER,
    "display_name": "Asha Rao",
    "role": "agent",
    "extension": "104",
    "departments": [_DEPARTMENT],
}
CONTACT: Mapping[str, Any] = {
    "id": _CONTACT,
    "display_name": "Example Person",
    "e164": "+915000000010",
    "tags": ["wholesale"],
    "state": "Karnataka",
    "created_at": "2026-03-02T09:15:00Z",
    "updated_at": "2026-10-11T12:40:31Z",
}
CALL: Mapping[str, Any] = {
    "id": _CALL,
    "session_id": None,
    "number_id": _NUMBER,
    "direction": "inbound",
    "status": "answered",
    "missed_reason": None,
    "department_id": _DEPARTMENT,
    "ivr_path": ["1"],
    "started_at": _STARTED,
    "queued_at": "2026-11-25T04:31:15Z",
    "answered_at": "2026-11-25T04:31:32Z",
    "ended_at": _ENDED,
    "ring_s": 12,
    "wait_s": 17,
    "talk_s": 200,
    "total_s": 225,
    "agent_id": _USER,
    "caller_ref": "caller_3q8f5v2k9w1d7n4b6x0m2c8h5t",
    "caller_e164": "+91••••••10",
    "caller_name": "E. P.",
    "circle": "Karnataka",
    "disposition": "callback",
    "tags": [],
    "cost": {"amount": 120, "currency": "INR"},
    "reference_id": None,
    "has_recording": True,
    "has_voicemail": False,
    "has_transcript": False,
    "updated_at": _ENDED,
    "source": "ingest",
    "_masked": ["caller_e164", "caller_name"],
}
LEG: Mapping[str, Any] = {
    "call_id": _CALL,
    "seq": 1,
    "agent_id": _USER,
    "dialled_e164": "+91••••••44",
    "result": "answered",
    "action": "dial",
    "ring_at": "2026-11-25T04:31:20Z",
    "answer_at": "2026-11-25T04:31:32Z",
    "end_at": _ENDED,
    "hangup_cause": "normal_clearing",
    "_masked": ["dialled_e164"],
}
GRANT: Mapping[str, Any] = {
    "id": "grant_06k3w1c5t7b2m9x4d8q1z6r3hn",
    "state": "active",
    "version": 1,
    "granted": ["call_log:read", "numbers:read"],
    "refused": ["call_log.numbers:read"],
    "terms": {
        "type": "voicetree_call_data",
        "numbers": "all",
        "departments": "all",
        "history_from": "2026-08-27",
        "include_new_calls": True,
        "expires_at": "2027-02-23T04:00:00Z",
        "retention_days": 90,
        "daily_records": None,
    },
    "given_at": "2026-11-25T04:00:00Z",
    "expires_at": "2027-02-23T04:00:00Z",
}


CONNECTION: Mapping[str, Any] = {**GRANT, "account_id": "acc_06k3w1a2b3c4d5e6f7g8h9j0km"}


def page(record: Mapping[str, Any]) -> dict[str, Any]:
    """A list of one record, and nothing after it."""
    window = {"started_after": "2026-08-26T18:30:00Z", "started_before": None, "numbers": "all", "departments": "all"}
    return {"data": [record], "page": {"next": None}, "window": window}
