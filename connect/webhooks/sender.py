"""One attempt: sign, send through the egress guard, note what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connect.core import clock
from connect.core.egress.client import GuardedSession
from connect.core.egress.errors import REFUSED, EgressError
from connect.core.egress.timings import Timings
from connect.webhooks import signing
from connect.webhooks.pack import Letter

INTERNAL = "internal"  # the body could not be made, or no secret can sign it
_NEVER_LEFT = {INTERNAL, "dns", "connect", "tls", *REFUSED}
_CONTENT = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Attempt:
    """What came of a letter. Where no answer came, `status` is None and `error` is a reason of core.egress.errors, or `internal`."""

    letter: Letter
    started_at: datetime
    timings: Timings
    status: int | None = None
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    address: str = ""
    bytes_sent: int = 0
    bytes_received: int = 0

    @property
    def left(self) -> bool:
        """Whether the body may have left the house."""
        return self.error not in _NEVER_LEFT


async def send(session: GuardedSession, letter: Letter) -> Attempt | None:
    """Make the attempt. None, and nothing sent, when the lease could end meanwhile and another worker begin."""
    item, at, began = letter.parcel, clock.now(), clock.monotonic()
    if not item.claimed.lease.outlasts(timedelta(seconds=session.policy.total)):
        return None
    if letter.body is None or not item.keys:
        return Attempt(letter, at, _since(began), error=INTERNAL)
    body = letter.body.body
    headers = signing.headers(item.keys, item.head.webhook_id, at, body) | _CONTENT
    try:
        answer = await session.request("POST", item.url, headers=headers, body=body)
    except EgressError as error:
        return Attempt(letter, at, _since(began), error=error.reason, bytes_sent=len(body))
    return Attempt(
        letter,
        at,
        answer.timings,
        status=answer.status,
        headers={name.lower(): value for name, value in answer.headers.items()},
        address=answer.address,
        bytes_sent=len(body),
        bytes_received=len(answer.body),
    )


def _since(began: float) -> Timings:
    return Timings(dns=None, connect=None, first_byte=None, total=round((clock.monotonic() - began) * 1000))
