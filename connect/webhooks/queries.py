"""Looks at endpoints, deliveries and attempts: frozen values, never rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, select

from apps_registry.models import App
from connect.core import database, ids
from connect.webhooks.errors import NoSuchEndpoint
from connect.webhooks.models import KEPT, Delivery, DeliveryAttempt, Event, WebhookEndpoint

STATES = ("pending", "sending", "delivered", "failed", "cancelled", "skipped")


@dataclass(frozen=True)
class EndpointLine:
    """An endpoint as a list shows it. `state_reason`: why it is disabled (gone, asked, failing)."""

    id: str
    client_id: str
    url: str
    types: list[str]
    state: str
    state_reason: str
    created_at: datetime

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class EndpointStatus:
    """How an endpoint does: its record of failure, when it may be called again, and how many deliveries stand where."""

    endpoint: EndpointLine
    sequence: int
    failures: int
    failing_since: datetime | None
    paused_until: datetime | None
    counts: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        said = {"sequence": self.sequence, "failures": self.failures, "failing_since": self.failing_since}
        return {**self.endpoint.as_dict(), **said, "paused_until": self.paused_until, "deliveries": self.counts}


@dataclass(frozen=True)
class AttemptLine:
    """An attempt with the delivery it belongs to. Times in milliseconds, sizes in bytes; `entry` is the ledger entry."""

    delivery: str
    webhook_id: str
    type: str
    state: str
    number: int
    started_at: datetime
    status: int | None
    error: str
    address: str
    dns_ms: int | None
    connect_ms: int | None
    first_byte_ms: int | None
    total_ms: int
    bytes_sent: int
    bytes_received: int
    entry: str | None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class DeliveryLine:
    """Where a delivery stands. `due_at` is when it is tried next, while it is pending."""

    id: str
    webhook_id: str
    type: str
    state: str
    attempts: int
    due_at: datetime
    last_status: int | None
    last_error: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def endpoints(client_id: str | None = None) -> Sequence[EndpointLine]:
    """Endpoints that were not removed, newest first; of one app, or all."""
    statement = _endpoints().order_by(WebhookEndpoint.id.desc())
    if client_id is not None:
        statement = statement.where(App.client_id == client_id)
    with database.read() as connection:
        return [_endpoint(row) for row in connection.execute(statement)]


def status(endpoint_id: UUID) -> EndpointStatus:
    """How an endpoint does. Raises NoSuchEndpoint."""
    record = (
        WebhookEndpoint.sequence,
        WebhookEndpoint.failures,
        WebhookEndpoint.failing_since,
        WebhookEndpoint.paused_until,
    )
    counted = (
        select(Delivery.state, func.count().label("many"))
        .where(Delivery.endpoint_id == endpoint_id)
        .group_by(Delivery.state)
    )
    with database.read() as connection:
        row = connection.execute(_endpoints().add_columns(*record).where(WebhookEndpoint.id == endpoint_id)).first()
        if row is None:
            raise NoSuchEndpoint
        counts = {row.state: row.many for row in connection.execute(counted)}
    return EndpointStatus(
        _endpoint(row),
        row.sequence,
        row.failures,
        row.failing_since,
        row.paused_until,
        {state: counts.get(state, 0) for state in STATES},
    )


def attempts(endpoint_id: UUID, limit: int = 50) -> Sequence[AttemptLine]:
    """The newest attempts at an endpoint."""
    delivery = and_(Delivery.account_id == DeliveryAttempt.account_id, Delivery.id == DeliveryAttempt.delivery_id)
    event = and_(Event.account_id == Delivery.account_id, Event.id == Delivery.event_id)
    statement = (
        select(DeliveryAttempt.__table__, Delivery.event_id, Delivery.state, Event.type)
        .join(Delivery, delivery)
        .join(Event, event)
        .where(DeliveryAttempt.endpoint_id == endpoint_id)
        .order_by(DeliveryAttempt.id.desc())
        .limit(limit)
    )
    with database.read() as connection:
        return [_attempt(row) for row in connection.execute(statement)]


def delivery(delivery_id: UUID) -> DeliveryLine | None:
    """One delivery."""
    event = and_(Event.account_id == Delivery.account_id, Event.id == Delivery.event_id)
    statement = select(Delivery.__table__, Event.type).join(Event, event).where(Delivery.id == delivery_id)
    with database.read() as connection:
        row = connection.execute(statement).first()
    return None if row is None else _delivery(row)


def _endpoints() -> Select[*tuple[Any, ...]]:
    shown = (WebhookEndpoint.url, WebhookEndpoint.types, WebhookEndpoint.state, WebhookEndpoint.state_reason)
    return (
        select(WebhookEndpoint.id, App.client_id, *shown, WebhookEndpoint.created_at)
        .join(App, App.id == WebhookEndpoint.app_id)
        .where(WebhookEndpoint.state.in_(KEPT))
    )


def _endpoint(row: Row[Any]) -> EndpointLine:
    return EndpointLine(
        ids.encode("whe", row.id), row.client_id, row.url, row.types, row.state, row.state_reason, row.created_at
    )


def _attempt(row: Row[Any]) -> AttemptLine:
    return AttemptLine(
        delivery=ids.encode("dlv", row.delivery_id),
        webhook_id=ids.encode("evt", row.event_id),
        type=row.type,
        state=row.state,
        number=row.number,
        started_at=row.started_at,
        status=row.status,
        error=row.error,
        address=row.address,
        dns_ms=row.dns_ms,
        connect_ms=row.connect_ms,
        first_byte_ms=row.first_byte_ms,
        total_ms=row.total_ms,
        bytes_sent=row.bytes_sent,
        bytes_received=row.bytes_received,
        entry=row.entry_id and ids.encode("entry", row.entry_id),
    )


def _delivery(row: Row[Any]) -> DeliveryLine:
    return DeliveryLine(
        id=ids.encode("dlv", row.id),
        webhook_id=ids.encode("evt", row.event_id),
        type=row.type,
        state=row.state,
        attempts=row.attempts,
        due_at=row.due_at,
        last_status=row.last_status,
        last_error=row.last_error,
    )
