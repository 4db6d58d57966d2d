"""What the webhook tests share: an app with an endpoint, calls that end, and looks at what became of the deliveries."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from connect.calls.incoming import CallIn
from connect.core import actor, clock, database, ids
from connect.grants import services as grants
from connect.grants.models import Grant
from connect.webhooks import services
from connect.webhooks.models import Delivery, DeliveryAttempt, Event, WebhookEndpoint
from connect.webhooks.signing import PREFIX
from tests.calls.samples import a_call, put
from tests.support.peer import Peer, Request
from tests.support.world import World


@dataclass(frozen=True)
class Subscription:
    """An endpoint of the world's app at a peer."""

    id: UUID
    secret: str
    peer: Peer

    @property
    def key(self) -> bytes:
        return base64.b64decode(self.secret.removeprefix(PREFIX))

    @property
    def received(self) -> list[dict[str, Any]]:
        """The bodies that arrived, in order."""
        return [json.loads(request.body) for request in self.peer.requests]

    def row(self) -> WebhookEndpoint:
        with database.unit_of_work() as session:
            found = session.get(WebhookEndpoint, self.id)
            assert found is not None
            return found


def subscribe(world: World, peer: Peer, types: Sequence[str] = ()) -> Subscription:
    with database.unit_of_work() as session:
        made = services.add(session, world.app_id, peer.url, types, actor.operator())
    return Subscription(made.endpoint.id, made.secret, peer)


def end_call(account_id: UUID, nth: int = 1, **changes: Any) -> CallIn:
    """A call that ended a minute ago comes in by the live way."""
    call = recent_call(nth, **changes)
    put(account_id, call, emit=True)
    return call


def recent_call(nth: int = 1, **changes: Any) -> CallIn:
    ended: datetime = clock.now() - timedelta(minutes=1)
    times = {
        "started_at": ended - timedelta(seconds=68),
        "answered_at": ended - timedelta(seconds=60),
        "ended_at": ended,
    }
    return a_call(nth, **{**times, **changes})


def live_grant(world: World) -> Grant:
    with database.unit_of_work() as session:
        grant = grants.live_of_app(session, world.account_id, world.app_id)
        assert grant is not None
        return grant


def revoke(world: World) -> None:
    grant_id = live_grant(world).id
    with database.unit_of_work() as session:
        grants.revoke(session, world.account_id, grant_id, world.actor)


def deliveries() -> Sequence[Row[Any]]:
    """Every delivery with its event's type, oldest first."""
    statement = select(Delivery.__table__, Event.type).join(Event, Event.id == Delivery.event_id).order_by(Delivery.id)
    with database.read() as connection:
        return connection.execute(statement).all()


def states() -> list[str]:
    return [row.state for row in deliveries()]


def attempts() -> Sequence[Row[Any]]:
    with database.read() as connection:
        return connection.execute(select(DeliveryAttempt.__table__).order_by(DeliveryAttempt.id)).all()


def events() -> int:
    with database.read() as connection:
        return len(connection.execute(select(Event.id)).all())


def webhook_ids(requests: Sequence[Request]) -> list[str]:
    return [request.headers["webhook-id"] for request in requests]


def event_id(row: Row[Any]) -> str:
    """The webhook-id of a delivery."""
    return ids.encode("evt", row.event_id)
