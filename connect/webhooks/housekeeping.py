"""What is removed by time: records of deliveries past their retention, and secrets whose overlap is over."""

from __future__ import annotations

from sqlalchemy import and_, delete, exists, select, tuple_
from sqlalchemy.orm import Session

from connect.core import clock, settings
from connect.webhooks.models import Delivery, DeliveryAttempt, EndpointSecret, Event


def purge(session: Session, limit: int = 1_000) -> int:
    """Remove up to `limit` deliveries that were settled longer ago than the retention, with attempts and event; how many."""
    kept_since = clock.now() - settings.current().exchange_retention
    oldest = (
        select(Delivery.account_id, Delivery.id, Delivery.event_id)
        .where(Delivery.settled_at < kept_since)
        .order_by(Delivery.settled_at)
        .limit(limit)
    )
    found = session.execute(oldest).all()
    _remove(session, [(row.account_id, row.id) for row in found], [(row.account_id, row.event_id) for row in found])
    session.execute(delete(EndpointSecret).where(EndpointSecret.expires_at < clock.now()))
    return len(found)


def _remove(session: Session, deliveries: list[tuple[object, object]], events: list[tuple[object, object]]) -> None:
    attempt = tuple_(DeliveryAttempt.account_id, DeliveryAttempt.delivery_id)
    session.execute(delete(DeliveryAttempt).where(attempt.in_(deliveries)))
    session.execute(delete(Delivery).where(tuple_(Delivery.account_id, Delivery.id).in_(deliveries)))
    told = exists().where(and_(Delivery.account_id == Event.account_id, Delivery.event_id == Event.id))
    session.execute(delete(Event).where(tuple_(Event.account_id, Event.id).in_(events), ~told))
