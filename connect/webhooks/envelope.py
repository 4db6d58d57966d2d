"""The body of a delivery: what every one says, and around it the record where there is one.

`id` is the webhook-id, the same over all attempts and endpoints. `sequence` counts per endpoint without a gap: a number whose delivery
consent has ended meanwhile goes out as type `withheld`, without account, grant or data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from connect.core import clock, ids, settings
from connect.disclosure.release import Envelope


@dataclass(frozen=True)
class Head:
    """What the envelope names besides the record."""

    type: str
    event_id: UUID
    occurred_at: datetime
    sequence: int
    account_id: UUID
    app_id: UUID
    grant_id: UUID | None
    catalogue_version: str

    @property
    def webhook_id(self) -> str:
        return ids.encode("evt", self.event_id)


@dataclass(frozen=True)
class Bare:
    """A body that holds no record of the account, and so passes no door."""

    body: bytes


def around(head: Head, link: str | None = None) -> Envelope:
    """The envelope for the door; `link` is where the whole record can be read when a part was left out."""
    beside = {} if link is None else {"link": f"{settings.current().base_url}{link}"}
    return lambda records: {**_said(head), **beside, "data": records[0]}


def thin(head: Head, data: Mapping[str, Any], *, sample: bool = False) -> Bare:
    """A body of ids and states; `sample` marks one that is made up."""
    marked = {"sample": True} if sample else {}
    return Bare(orjson.dumps({**_said(head), **marked, "data": data}, option=orjson.OPT_UTC_Z))


def withheld(head: Head) -> Bare:
    """The number alone."""
    said = {"type": "withheld", "id": head.webhook_id, "sequence": head.sequence, "app": ids.encode("app", head.app_id)}
    return Bare(orjson.dumps(said | {"timestamp": clock.text(clock.now())}))


def _said(head: Head) -> dict[str, Any]:
    return {
        "type": head.type,
        "timestamp": clock.text(head.occurred_at),
        "id": head.webhook_id,
        "sequence": head.sequence,
        "account": ids.encode("acc", head.account_id),
        "app": ids.encode("app", head.app_id),
        "grant": head.grant_id and ids.encode("grant", head.grant_id),
        "catalogue_version": head.catalogue_version,
    }
