"""Acts on an endpoint: add it, rotate its secret, turn it off and on, remove it. Each act is a ledger entry:
where a customer's data is sent, and whether, is what an auditor asks first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session

from connect.core import clock, ids, queue, settings
from connect.core.actor import Actor
from connect.core.egress.errors import REFUSED, EgressRefused
from connect.core.egress.policy import Policy, check
from connect.ledger import acts, upkeep
from connect.ledger import services as ledger
from connect.webhooks import signing
from connect.webhooks.catalogue import EVENT_TYPES
from connect.webhooks.errors import NoSuchEndpoint, TooManyEndpoints, UnknownTypes, UrlRefused
from connect.webhooks.models import KEPT, TABLE, EndpointSecret, WebhookEndpoint, is_open


@dataclass(frozen=True)
class NewSecret:
    """An endpoint with its newest secret in clear, which is here and nowhere else; the older ones sign until `older_until`."""

    endpoint: WebhookEndpoint
    secret: str
    older_until: datetime | None = None


def add(session: Session, app_id: UUID, url: str, types: Iterable[str], actor: Actor) -> NewSecret:
    """A new endpoint of an app, turned on. Raises UrlRefused, UnknownTypes, TooManyEndpoints."""
    _check_url(url)
    chosen = sorted(set(types) or EVENT_TYPES)
    if unknown := set(chosen) - EVENT_TYPES.keys():
        raise UnknownTypes(unknown, EVENT_TYPES)
    _check_count(session, app_id)
    now = clock.now()
    endpoint = WebhookEndpoint(
        id=ids.new(), app_id=app_id, url=url, types=chosen, state="enabled", sequence=0, claimed_at=now, created_at=now
    )
    session.add(endpoint)
    session.flush()
    _record(session, endpoint, None, "made", actor)
    return NewSecret(endpoint, _make_secret(session, endpoint, "made", actor))


def rotate(session: Session, endpoint_id: UUID, actor: Actor) -> NewSecret:
    """A further secret; those before it sign beside it until the overlap is over. Raises NoSuchEndpoint."""
    endpoint = find(session, endpoint_id)
    until = clock.now() + settings.current().webhook_secret_overlap
    lasting = (EndpointSecret.endpoint_id == endpoint_id, EndpointSecret.expires_at.is_(None))
    session.execute(update(EndpointSecret).where(*lasting).values(expires_at=until))
    return NewSecret(endpoint, _make_secret(session, endpoint, "rotated", actor), until)


def remove(session: Session, endpoint_id: UUID, actor: Actor) -> WebhookEndpoint:
    """End an endpoint and its secrets for good; what still waited for it is cancelled. Raises NoSuchEndpoint."""
    endpoint = find(session, endpoint_id)
    before = _said(endpoint)
    endpoint.state, endpoint.state_reason = "removed", ""
    _record(session, endpoint, before, "removed", actor)
    _end_waiting(session, endpoint_id, "cancelled")
    for secret in session.scalars(select(EndpointSecret).where(EndpointSecret.endpoint_id == endpoint_id)):
        secret.expires_at = clock.now()
        _write(session, endpoint, secret, "ended", actor)
    return endpoint


def disable(session: Session, endpoint_id: UUID, reason: str, actor: Actor) -> None:
    """Turn an endpoint off; what waits for it is kept as skipped. `reason`: gone, asked, failing. One that is off stays so."""
    enabled = (WebhookEndpoint.id == endpoint_id, WebhookEndpoint.state == "enabled")
    endpoint = session.scalar(select(WebhookEndpoint).where(*enabled).with_for_update(key_share=True))
    if endpoint is not None:
        before = _said(endpoint)
        endpoint.state, endpoint.state_reason = "disabled", reason
        _record(session, endpoint, before, "disabled", actor, reason)
    _end_waiting(session, endpoint_id, "skipped")


def enable(session: Session, endpoint_id: UUID, actor: Actor) -> WebhookEndpoint:
    """Turn an endpoint on again; its record of failure starts anew. Raises NoSuchEndpoint."""
    endpoint = find(session, endpoint_id)
    before = _said(endpoint)
    endpoint.state, endpoint.state_reason = "enabled", ""
    endpoint.failing_since, endpoint.failures, endpoint.paused_until = None, 0, None
    if _said(endpoint) != before:
        _record(session, endpoint, before, "enabled", actor)
    return endpoint


def find(session: Session, endpoint_id: UUID) -> WebhookEndpoint:
    """The endpoint. Raises NoSuchEndpoint when there is none or it was removed."""
    endpoint = session.get(WebhookEndpoint, endpoint_id)
    if endpoint is None or endpoint.state not in KEPT:
        raise NoSuchEndpoint
    return endpoint


def of_app(session: Session, app_id: UUID) -> Sequence[WebhookEndpoint]:
    """The app's endpoints that were not removed, oldest first."""
    kept = (WebhookEndpoint.app_id == app_id, WebhookEndpoint.state.in_(KEPT))
    return session.scalars(select(WebhookEndpoint).where(*kept).order_by(WebhookEndpoint.id)).all()


def _check_url(url: str) -> None:
    try:
        check(url, Policy.of(settings.current()))
    except EgressRefused as error:
        raise UrlRefused(error.reason, REFUSED[error.reason]) from error


def _check_count(session: Session, app_id: UUID) -> None:
    most = settings.current().webhook_endpoints_per_app
    kept = (WebhookEndpoint.app_id == app_id, WebhookEndpoint.state.in_(KEPT))
    if (session.scalar(select(func.count()).where(*kept)) or 0) >= most:
        raise TooManyEndpoints(most)


def _make_secret(session: Session, endpoint: WebhookEndpoint, event: str, actor: Actor) -> str:
    secret = signing.new_secret()
    row = EndpointSecret(
        id=ids.new(), endpoint_id=endpoint.id, sealed=signing.seal(secret, endpoint.id), created_at=clock.now()
    )
    session.add(row)
    session.flush()
    _write(session, endpoint, row, event, actor)
    return secret


def _said(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """What the ledger says of an endpoint."""
    return {"url": endpoint.url, "types": list(endpoint.types), "state": endpoint.state}


def _record(
    session: Session,
    endpoint: WebhookEndpoint,
    before: dict[str, Any] | None,
    event: str,
    actor: Actor,
    reason: str = "",
) -> None:
    draft = upkeep.config(
        event=event,
        actor=actor.as_text(),
        changes={f"webhook endpoint {ids.encode('whe', endpoint.id)}": [before, _said(endpoint)]},
        reason=reason or None,
        app_id=endpoint.app_id,
        person_id=actor.id,
    )
    ledger.append(session, draft)


def _write(session: Session, endpoint: WebhookEndpoint, secret: EndpointSecret, event: str, actor: Actor) -> None:
    draft = acts.secret(
        app_id=endpoint.app_id,
        event=event,
        actor=actor.as_text(),
        secret_id=ids.encode("whs", secret.id),
        kind="webhook_secret",
        person_id=actor.id,
    )
    ledger.append(session, draft)


def _end_waiting(session: Session, endpoint_id: UUID, state: str) -> None:
    waiting = and_(TABLE.c.endpoint_id == endpoint_id, is_open(TABLE.c), TABLE.c.state == "pending")
    queue.change_free(session, TABLE, waiting, {"state": state, "settled_at": clock.now()})
