"""From what happened to who is told: one event, and a delivery for each grant and endpoint that may hear of it.

All of it is added in the caller's transaction, so a rollback tells nobody, and nothing is sent before the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, insert, select
from sqlalchemy.orm import Session

from connect.accounts.models import Account
from connect.calls.window import Window
from connect.core import clock, database, ids
from connect.grants import standing
from connect.grants.models import Grant
from connect.scopes.terms import Terms
from connect.webhooks import wake
from connect.webhooks.catalogue import EventType
from connect.webhooks.models import KEPT, NO_ACCOUNT, Delivery, Event, WebhookEndpoint

Shows = Callable[[Window], bool]
Recipient = tuple[UUID, UUID, UUID | None, str]  # endpoint, app, grant, the endpoint's state


@dataclass(frozen=True)
class Happening:
    """What happened: to which record, when, and the key under which it counts once. `app_id`: it concerns that app alone."""

    account_id: UUID
    kind: EventType
    record_id: UUID
    occurred_at: datetime
    dedupe_key: str
    app_id: UUID | None = None

    @property
    def discloses(self) -> bool:
        """Whether telling it shows a customer's record."""
        return not self.kind.thin and self.account_id != NO_ACCOUNT


def to_grants(session: Session, happening: Happening, shows: Shows) -> int:
    """Tell the apps whose live grants have the type's scopes and whose terms show the record, as `shows` says of each grant's window.

    Returns how many deliveries that made.
    """
    found = session.execute(_audience(happening)).all()
    kept = [row for row in found if happening.kind.scopes <= set(row.scopes) and shows(_window(row))]
    return _add(session, happening, kept)


def to_app(session: Session, happening: Happening, grant_id: UUID) -> int:
    """Tell the happening's app what became of its grant; for thin types, which need no live one."""
    found = session.execute(_endpoints().where(WebhookEndpoint.app_id == happening.app_id)).all()
    return _add(session, happening, found, grant_id)


def sample(session: Session, kind: EventType, endpoint: WebhookEndpoint) -> UUID:
    """Tell one endpoint a made-up event, whatever it subscribed to; returns the delivery's id."""
    happening = Happening(NO_ACCOUNT, kind, ids.new(), clock.now(), dedupe_key=str(ids.new()))
    event_id = _event(session, happening)
    assert event_id is not None
    (delivery_id,) = _deliver(session, happening, event_id, [(endpoint.id, endpoint.app_id, None, endpoint.state)])
    return delivery_id


def _endpoints() -> Select[*tuple[Any, ...]]:
    shown = (WebhookEndpoint.id.label("endpoint_id"), WebhookEndpoint.app_id, WebhookEndpoint.types)
    return select(*shown, WebhookEndpoint.state.label("endpoint_state")).where(WebhookEndpoint.state.in_(KEPT))


def _audience(happening: Happening) -> Select[*tuple[Any, ...]]:
    of_grants = (
        _endpoints()
        .add_columns(Grant.account_id, Grant.id.label("grant_id"), Grant.scopes, Grant.terms, Grant.given_at)
        .add_columns(Account.timezone)
        .join(Grant, Grant.app_id == WebhookEndpoint.app_id)
        .where(Grant.account_id == happening.account_id)
    )
    return standing.only(of_grants, clock.now())


def _window(row: Row[Any]) -> Window:
    return Window.of(row.account_id, Terms.from_json(row.terms), timezone=row.timezone, given_at=row.given_at)


def _add(session: Session, happening: Happening, rows: Iterable[Row[Any]], grant_id: UUID | None = None) -> int:
    to = [
        (row.endpoint_id, row.app_id, grant_id or row.grant_id, row.endpoint_state)
        for row in rows
        if happening.kind.name in row.types
    ]
    if not to or (event_id := _event(session, happening)) is None:
        return 0
    return len(_deliver(session, happening, event_id, to))


def _event(session: Session, happening: Happening) -> UUID | None:
    """The new event's id; None when it was told before."""
    values = {
        "account_id": happening.account_id,
        "id": ids.new(),
        "app_id": happening.app_id,
        "type": happening.kind.name,
        "dedupe_key": happening.dedupe_key,
        "resource": happening.kind.resource,
        "record_id": happening.record_id,
        "occurred_at": happening.occurred_at,
    }
    return session.scalar(database.upsert(Event).values(values).on_conflict_do_nothing().returning(Event.id))


def _deliver(session: Session, happening: Happening, event_id: UUID, to: Sequence[Recipient]) -> list[UUID]:
    now = clock.now()
    deliveries: list[dict[str, Any]] = [
        {
            "account_id": happening.account_id,
            "id": ids.new(),
            "event_id": event_id,
            "endpoint_id": endpoint_id,
            "grant_id": grant_id,
            "app_id": app_id,
            "needs_grant": happening.discloses,
            "state": "pending" if endpoint_state == "enabled" else "skipped",
            "due_at": now,
            "created_at": now,
        }
        for endpoint_id, app_id, grant_id, endpoint_state in to
    ]
    session.execute(insert(Delivery), deliveries)
    wake.after_commit(session)
    return [delivery["id"] for delivery in deliveries]
