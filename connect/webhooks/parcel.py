"""What a claimed delivery needs on its way: where to, signed with what, about what, under which grant. Read once for a whole claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, and_, or_, select, tuple_

from apps_registry.clients import find_client
from apps_registry.models import App
from connect.accounts.models import Account
from connect.core import clock, database, log
from connect.disclosure.context import Context
from connect.disclosure.purposes import purposes
from connect.grants.models import Grant
from connect.scopes import catalogue, rights
from connect.scopes.terms import Terms, default_terms
from connect.webhooks import signing
from connect.webhooks.catalogue import EVENT_TYPES, EventType
from connect.webhooks.claim import Claimed
from connect.webhooks.envelope import Head
from connect.webhooks.models import NO_ACCOUNT, Delivery, EndpointSecret, Event, WebhookEndpoint

logger = log.get("webhooks")

_FROM_GRANT = (
    Grant.state.label("grant_state"),
    Grant.version.label("grant_version"),
    Grant.scopes,
    Grant.terms,
    Grant.catalogue_version,
    Grant.app_version_id,
    Grant.given_at,
    Account.timezone,
)


@dataclass(frozen=True)
class Parcel:
    """A claimed delivery, where it goes and the keys that sign it. `context` is what its record leaves under, None where there is none
    or consent ended; `grant_state` is what became of the grant it speaks of."""

    claimed: Claimed
    url: str
    keys: tuple[bytes, ...]
    kind: EventType
    record_id: UUID
    head: Head
    context: Context | None
    grant_state: str | None

    @property
    def is_sample(self) -> bool:
        return self.claimed.account_id == NO_ACCOUNT


def collect(claimed: Sequence[Claimed]) -> list[Parcel]:
    """The parcels of a claim, in its order."""
    with database.read() as connection:
        found = {row.id: row for row in connection.execute(_statement(claimed))}
        keys = _keys(connection, {item.endpoint_id for item in claimed})
        in_force = {name: _in_force(connection, name) for name in {row.client_id for row in found.values()}}
    return [_parcel(item, found[item.id], keys, in_force) for item in claimed]


def _statement(claimed: Sequence[Claimed]) -> Select[*tuple[Any, ...]]:
    event = and_(Event.account_id == Delivery.account_id, Event.id == Delivery.event_id)
    grant = and_(Grant.account_id == Delivery.account_id, Grant.id == Delivery.grant_id)
    return (
        select(
            Delivery.id,
            WebhookEndpoint.url,
            App.client_id,
            Event.type,
            Event.record_id,
            Event.occurred_at,
            *_FROM_GRANT,
        )
        .join(Event, event)
        .join(WebhookEndpoint, WebhookEndpoint.id == Delivery.endpoint_id)
        .join(App, App.id == Delivery.app_id)
        .outerjoin(Grant, grant)
        .outerjoin(Account, Account.id == Delivery.account_id)
        .where(tuple_(Delivery.account_id, Delivery.id).in_([(item.account_id, item.id) for item in claimed]))
    )


def _keys(connection: Connection, endpoints: set[UUID]) -> Mapping[UUID, tuple[bytes, ...]]:
    """The live signing keys of each endpoint, the newest first."""
    live = or_(EndpointSecret.expires_at.is_(None), EndpointSecret.expires_at > clock.now())
    statement = (
        select(EndpointSecret.endpoint_id, EndpointSecret.sealed)
        .where(EndpointSecret.endpoint_id.in_(endpoints), live)
        .order_by(EndpointSecret.id.desc())
    )
    keys: defaultdict[UUID, tuple[bytes, ...]] = defaultdict(tuple)
    for endpoint_id, sealed in connection.execute(statement):
        try:
            keys[endpoint_id] += (signing.unseal(sealed, endpoint_id),)
        except ValueError:  # sealed under another master key; deliveries of this endpoint fail, those of others do not
            logger.error("a signing secret cannot be opened", error="ValueError")
    return keys


def _in_force(connection: Connection, client_id: str) -> frozenset[str]:
    """What the version in force of an app may have, whatever was granted."""
    client = find_client(client_id, connection)
    return client.version.scopes if client and client.version else frozenset()


def _parcel(
    claimed: Claimed, row: Row[Any], keys: Mapping[UUID, tuple[bytes, ...]], in_force: Mapping[str, frozenset[str]]
) -> Parcel:
    kind = EVENT_TYPES[row.type]
    head = Head(
        type=row.type,
        event_id=claimed.event_id,
        occurred_at=row.occurred_at,
        sequence=claimed.sequence,
        account_id=claimed.account_id,
        app_id=claimed.app_id,
        grant_id=claimed.grant_id,
        catalogue_version=row.catalogue_version or catalogue.VERSION,
    )
    context = _context(claimed, row, kind, head.webhook_id, in_force[row.client_id])
    return Parcel(claimed, row.url, keys[claimed.endpoint_id], kind, row.record_id, head, context, row.grant_state)


def _context(
    claimed: Claimed, row: Row[Any], kind: EventType, webhook_id: str, in_force: frozenset[str]
) -> Context | None:
    if claimed.account_id == NO_ACCOUNT:
        return _context_of_sample(claimed, in_force | kind.scopes)
    if kind.thin or claimed.withheld:
        return None
    scopes = rights.effective(row.scopes, in_force, row.scopes)  # a webhook asks for all that was granted
    if not kind.scopes <= scopes:
        return None
    return Context(
        channel="webhook",
        operation=f"webhook {kind.name}",
        account_id=claimed.account_id,
        recipient_kind="app",
        recipient_id=claimed.app_id,
        scopes=scopes,
        terms=Terms.from_json(row.terms),
        catalogue_version=row.catalogue_version,
        timezone=row.timezone,
        app_id=claimed.app_id,
        grant_id=claimed.grant_id,
        grant_version=row.grant_version,
        grant_given_at=row.given_at,
        purposes=purposes(row.app_version_id),
        request_id=webhook_id,
        attempt=claimed.attempt,
    )


def _context_of_sample(claimed: Claimed, scopes: frozenset[str]) -> Context:
    return Context(
        channel="webhook",
        operation="sample",
        account_id=NO_ACCOUNT,
        recipient_kind="app",
        recipient_id=claimed.app_id,
        scopes=scopes,
        terms=default_terms(clock.now()),
        catalogue_version=catalogue.VERSION,
        timezone="UTC",
        app_id=claimed.app_id,
    )
