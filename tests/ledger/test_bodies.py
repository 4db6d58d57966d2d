"""Version 1 of every body is final: what an entry says today, one says in seven years. A failure here is a change of format."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from connect.core import clock
from connect.ledger import acts, canonical, entries, lines, upkeep
from connect.ledger.entries import Draft
from connect.ledger.lines import RecordLine

ID = UUID(int=1)
HEADER = [
    "account", "app", "at", "channel", "count", "grant", "id", "lines", "node", "person", "request_id", "resource", "status", "token",
    "type", "v",
]  # fmt: skip
# type -> (builder, the members beside the header)
MEMBERS: dict[str, tuple[Callable[..., Draft], str]] = {
    "disclosure": (
        entries.disclosure,
        "address_block_digest address_digest agent_digest asked attempt bytes catalogue_version field_sets fields grant_version "
        "legal_basis masks media_range operation purpose recipient scopes sha256",
    ),
    "grant": (
        entries.grant,
        "actor app_version authenticated_at authentication_level before catalogue_version event expires_at granted legal_basis masks "
        "method notice_hash policy_hash previous_version purposes reason refused state terms version",
    ),
    "token": (
        entries.token,
        "actor address_digest agent_digest chain client_auth event expires_at generation grant_version kind reason scopes",
    ),
    "app": (
        acts.app,
        "actor changed client_id client_kind decision default_terms event name optional policy_hash reason redirect_uris required "
        "origin reviewer state state_before team version version_number version_state",
    ),
    "secret": (acts.secret, "actor event expires_at hint kind reason secret"),
    "access_key": (acts.access_key, "actor event expires_at operation purpose reason rights"),
    "outcome": (acts.outcome, "attempt bytes delivery detail milliseconds of result"),
    "staff_disclosure": (
        acts.staff_disclosure,
        "accounts actor approved_by authority event fields legal_basis masks reason recipient reference sha256 silent_until",
    ),
    "viewed": (acts.viewed, "actor filters place"),
    "exported": (acts.exported, "actor filters kind place root sha256 size"),
    "profile": (acts.profile, "actor changed event policy_hash role team until"),
    "breaker": (acts.breaker, "action actor event measured rule threshold window_s"),
    "erasure": (upkeep.erasure, "actor authority counts event hold kind leaves lines_of reason reference subject"),
    "retention": (upkeep.retention, "counts cutoff leaves lines_of log policy_days"),
    "hold": (upkeep.hold, "actor authority event hold reason reference selection until"),
    "key": (upkeep.key, "actor event previous purpose reason retires_at vkey"),
    "config": (upkeep.config, "actor changes event reason"),
    "policy": (upkeep.policy, "actor document previous sha256 url"),
    "tally": (upkeep.tally, "day first last sha256"),
}


def least(builder: Callable[..., Draft]) -> Draft:
    """The builder called with what it cannot do without."""
    required = [
        each for each in inspect.signature(builder).parameters.values() if each.default is inspect.Parameter.empty
    ]
    return builder(**{each.name: _value(each) for each in required})


def _value(parameter: inspect.Parameter) -> Any:
    kind = str(parameter.annotation)
    for start, value in (("UUID", ID), ("int", 1), ("Sequence", ["a"]), ("Mapping", {"a": 1}), ("str", "a")):
        if kind.startswith(start):
            return value
    raise AssertionError(f"no value for {parameter}")


@pytest.mark.parametrize("kind", MEMBERS)
def test_a_body_has_exactly_its_members_and_unknown_ones_are_null(kind: str) -> None:
    builder, members = MEMBERS[kind]
    draft = least(builder)
    body = entries.body(draft, ID, clock.parse("2026-11-25T10:00:00Z"), "node", None)
    assert draft.type == kind
    assert sorted(body) == sorted([*HEADER, *members.split()])
    assert canonical.decode(canonical.encode(body)) == body
    assert body["v"] == 1


def test_every_builder_is_in_the_table() -> None:
    built = {
        function
        for module in (entries, acts, upkeep)
        for _, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and inspect.signature(function).return_annotation == "Draft"
    }
    assert built == {builder for builder, _ in MEMBERS.values()}


def test_the_header_is_in_text_form() -> None:
    draft = Draft(
        "config", {}, account_id=ID, app_id=ID, grant_id=ID, person_id=ID, token_ref="tok_1", status=200, count=3
    )
    packed = lines.pack([RecordLine("call_1")])
    body = entries.body(draft, ID, clock.parse("2026-11-25T10:00:00.5Z"), "node-1", packed)
    ending = "00000000000000000000000001"
    assert {name: body[name] for name in HEADER} == {
        "v": 1, "type": "config", "id": f"entry_{ending}", "at": "2026-11-25T10:00:00.500000Z", "node": "node-1",
        "account": f"acc_{ending}", "app": f"app_{ending}", "grant": f"grant_{ending}", "person": f"psn_{ending}",
        "channel": None, "token": "tok_1", "resource": None, "request_id": None, "status": 200, "count": 3,
        "lines": {"count": 1, "root": packed.root.hex()},
    }  # fmt: skip
