"""Device codes (RFC 8628 3.4): the device's own name for its authorization request, kept as a digest. It polls with it for the answer.

A poll that comes in time writes when it came, one that comes too early lengthens the interval, and no other writes anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from authlib.oauth2.rfc8628 import DeviceCredentialMixin
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from connect.core import ids
from connect.core.database import Bytes
from connect.oauth.models import AuthRequest

PREFIX = "vtd"
_SLOWER = 5  # seconds that the interval grows by (RFC 8628 3.5)
_JITTER = timedelta(seconds=1)  # a poll may be this much early: networks deliver the second faster than the first


@dataclass(frozen=True)
class DeviceRequest(DeviceCredentialMixin):
    """A device's authorization request as a poll finds it."""

    id: UUID
    app_id: UUID
    parameters: Mapping[str, str]
    expires_at: datetime
    decision: str | None
    poll_interval: int
    polled_at: datetime | None

    def get_client_id(self) -> str:
        return self.parameters["client_id"]

    def too_early(self, now: datetime) -> bool:
        """Whether a poll at `now` leaves less than the interval to the one before."""
        return self.polled_at is not None and now - self.polled_at < timedelta(seconds=self.poll_interval) - _JITTER


def find(session: Session, device_code: str) -> DeviceRequest | None:
    """The request of that device code."""
    if not ids.is_token(PREFIX, device_code):
        return None
    row = session.connection().execute(_FIND, {"digest": ids.digest(device_code)}).one_or_none()
    return None if row is None else DeviceRequest(*row)


def note_poll(session: Session, found: DeviceRequest, now: datetime) -> bool:
    """Remember a poll at `now`; False when another poll, or the answer, came in between.

    Once the interval is longer than the request lives, it is long enough.
    """
    values: dict[str, Any] = {"polled_at": now}
    if found.too_early(now):
        if now + timedelta(seconds=found.poll_interval) > found.expires_at:
            return True
        values["poll_interval"] = found.poll_interval + _SLOWER
    unchanged = (
        AuthRequest.id == found.id,
        AuthRequest.decided_at.is_(None),
        AuthRequest.polled_at.is_not_distinct_from(found.polled_at),
    )
    return bool(session.connection().execute(update(AuthRequest).where(*unchanged).values(values)).rowcount)


_FIND = select(
    AuthRequest.id,
    AuthRequest.app_id,
    AuthRequest.payload,
    AuthRequest.expires_at,
    AuthRequest.decision,
    AuthRequest.poll_interval,
    AuthRequest.polled_at,
).where(AuthRequest.device_digest == bindparam("digest", type_=Bytes))
