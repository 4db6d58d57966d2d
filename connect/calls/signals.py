"""What the calls room tells the rooms above it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from connect.core.signals import signal


@dataclass(frozen=True, slots=True)
class EndedCall:
    """The keys of a call that has ended: enough to find the grants whose terms hold it."""

    account_id: UUID
    call_id: UUID
    number_id: UUID
    department_id: UUID | None
    started_at: datetime
    change_seq: int


call_ended = signal(
    "call_ended",
    "A call has ended and is stored with its legs. Inside the transaction, once per call, never for imported history; "
    "sender: the Session; arguments: call, an EndedCall.",
)
