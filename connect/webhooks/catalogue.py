"""The types of event an endpoint can subscribe to: what each is about, and which scopes show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EventType:
    """`scopes` must all be granted for the event to be delivered. `thin`: it carries ids and no record, and needs no live grant."""

    name: str
    resource: str
    scopes: frozenset[str]
    thin: bool
    meaning: str


CALL_ENDED = EventType(
    "call.ended",
    resource="call",
    scopes=frozenset({"call_log:read"}),
    thin=False,
    meaning="A call has ended. The record is the call as the grant shows it, as `GET /v1/calls/{id}` would.",
)
GRANT_REVOKED = EventType(
    "grant.revoked",
    resource="grant",
    scopes=frozenset(),
    thin=True,
    meaning="The customer has ended the grant. Tokens no longer work; delete what you hold as your terms with the customer say.",
)

EVENT_TYPES: dict[str, EventType] = {kind.name: kind for kind in (CALL_ENDED, GRANT_REVOKED)}
