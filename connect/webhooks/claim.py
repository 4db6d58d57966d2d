"""Claiming deliveries: the endpoints in turn, a few for each, and consent looked at in the same statement.

A delivery whose grant no longer stands is cancelled where it is claimed. Was its number given already, then the number goes out without
data, so that a gap in an endpoint's sequence always means loss.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from apps_registry.lifecycle import CLOSED
from apps_registry.models import App
from connect.core import clock, database, queue, settings
from connect.core.database import UtcDateTime
from connect.core.queue import Columns, Lease, Settled, Wanted
from connect.grants import standing
from connect.grants.models import Grant
from connect.webhooks.models import ENDPOINTS, FIRST, RETRY, TABLE, is_open

_RETRY_SHARE = 4  # one in so many of a claim's places is kept for retries
_GIVEN_BACK = timedelta(seconds=5)


@dataclass(frozen=True)
class Claimed:
    """A delivery in the worker's hands until the lease ends. `withheld`: only its number may go out."""

    account_id: UUID
    id: UUID
    event_id: UUID
    endpoint_id: UUID
    grant_id: UUID | None
    app_id: UUID
    needs_grant: bool
    withheld: bool
    attempt: int
    sequence: int
    lease: Lease

    @property
    def key(self) -> tuple[UUID, UUID]:
        return self.account_id, self.id


def anything_due() -> bool:
    """A look without a lock, so that an idle worker costs the writers nothing."""
    now = clock.now()
    due = exists().where(_is_due(now), ENDPOINTS.c.id == TABLE.c.endpoint_id, _may_be_called(now))
    with database.read() as connection:
        return bool(connection.scalar(select(due)))


def claim(session: Session, limit: int) -> list[Claimed]:
    """Take up to `limit` due deliveries under one lease; retries get a quarter of the places, and what first attempts leave."""
    lease = Lease.of(settings.current().webhook_lease)
    endpoints = _next_endpoints(session, limit)
    if not endpoints:
        return []
    first = limit - limit // _RETRY_SHARE
    taken = [*_take(session, lease, endpoints, FIRST, first)]
    crowded = len(taken) == first
    taken += _take(session, lease, endpoints, RETRY, limit - len(taken))
    if crowded and len(taken) < limit:
        taken += _take(session, lease, endpoints, FIRST, limit - len(taken))
    sending = [row for row in taken if row.state == "sending"]
    numbers = _number(session, sending)
    return [_claimed(row, numbers[row.id], lease) for row in sending]


def give_back(session: Session, claimed: Sequence[Claimed]) -> None:
    """Return deliveries that nothing was tried with; that was no attempt."""
    due_at = clock.now() + _GIVEN_BACK
    pending = {"state": "pending", "due_at": due_at}
    back = [Settled(item.key, item.lease, {**pending, "attempts": item.attempt - 1}) for item in claimed]
    queue.settle(session, TABLE, back)


def _claimed(row: Row[Any], sequence: int, lease: Lease) -> Claimed:
    return Claimed(
        account_id=row.account_id,
        id=row.id,
        event_id=row.event_id,
        endpoint_id=row.endpoint_id,
        grant_id=row.grant_id,
        app_id=row.app_id,
        needs_grant=row.needs_grant,
        withheld=row.withheld,
        attempt=row.attempts,
        sequence=sequence,
        lease=lease,
    )


def _next_endpoints(session: Session, limit: int) -> Sequence[UUID]:
    """Endpoints with something due, longest unserved first, moved to the end of the round. Their rows stay locked, so that counts and
    numbers of each are this claim's alone."""
    now = clock.now()
    ready = (
        select(ENDPOINTS.c.id)
        .where(_may_be_called(now), exists().where(TABLE.c.endpoint_id == ENDPOINTS.c.id, _is_due(now)))
        .order_by(ENDPOINTS.c.claimed_at, ENDPOINTS.c.id)
        .limit(limit)
    )
    if database.dialect() == "postgresql":
        ready = ready.with_for_update(skip_locked=True, key_share=True)
    chosen = queue.once(ready, "chosen")
    moved = update(ENDPOINTS).where(ENDPOINTS.c.id == chosen.c.id).values(claimed_at=now).returning(ENDPOINTS.c.id)
    return session.scalars(moved).all()


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(is_open(TABLE.c), TABLE.c.due_at <= now)


def _may_be_called(now: datetime) -> ColumnElement[bool]:
    return and_(
        ENDPOINTS.c.state == "enabled", or_(ENDPOINTS.c.paused_until.is_(None), ENDPOINTS.c.paused_until <= now)
    )


def _take(session: Session, lease: Lease, endpoints: Sequence[UUID], lane: int, limit: int) -> Sequence[Row[Any]]:
    most = settings.current().webhook_endpoint_in_flight
    wanted = Wanted(
        ready=lambda row: and_(is_open(row), row.lane == lane),
        order=lambda row: (row.due_at, row.id),
        groups=_slots(endpoints, most),
        group="endpoint_id",
        most=most,
    )
    return queue.claim(session, TABLE, lease, wanted, limit, _verdict(TABLE.c))


def _slots(endpoints: Sequence[UUID], most: int) -> Subquery:
    """How many more deliveries each endpoint may have on their way."""
    in_flight = (
        select(func.count())
        .where(TABLE.c.endpoint_id == ENDPOINTS.c.id, is_open(TABLE.c))
        .where(TABLE.c.state == "sending", TABLE.c.due_at > clock.now())
        .scalar_subquery()
    )
    return (
        select(ENDPOINTS.c.id, (most - in_flight).label("slots")).where(ENDPOINTS.c.id.in_(endpoints)).subquery("ready")
    )


def _verdict(row: Columns) -> dict[str, Any]:
    """What becomes of a claimed row: sent, sent without data, or cancelled."""
    consented = or_(~row.needs_grant, _grant_stands(row))
    goes_out = and_(_app_stands(row), or_(consented, row.sequence.is_not(None)))
    return {
        "state": case((goes_out, "sending"), else_="cancelled"),
        "withheld": or_(row.withheld, ~consented),
        "attempts": row.attempts + 1,
        "settled_at": case((goes_out, None), else_=literal(clock.now(), UtcDateTime)),
    }


def _app_stands(row: Columns) -> ColumnElement[bool]:
    return exists().where(App.id == row.app_id, App.state.not_in(sorted(CLOSED)))


def _grant_stands(row: Columns) -> ColumnElement[bool]:
    of_row = select(Grant.id).where(Grant.account_id == row.account_id, Grant.id == row.grant_id)
    return standing.only(of_row, clock.now()).exists()


def _number(session: Session, rows: Sequence[Row[Any]]) -> dict[UUID, int]:
    """The sequence number of each row by its id; a first attempt gets the next of its endpoint, a retry keeps its own."""
    numbers = {row.id: row.sequence for row in rows}
    new = sorted((row for row in rows if row.sequence is None), key=lambda row: (row.endpoint_id, row.id))
    next_number = _advance(session, Counter(row.endpoint_id for row in new))
    for row in new:
        numbers[row.id] = next_number[row.endpoint_id]
        next_number[row.endpoint_id] += 1
    if new:
        given = [{"key_account": row.account_id, "key": row.id, "number": numbers[row.id]} for row in new]
        mine = (TABLE.c.account_id == bindparam("key_account"), TABLE.c.id == bindparam("key"))
        session.connection().execute(update(TABLE).where(*mine).values(sequence=bindparam("number")), given)
    return numbers


def _advance(session: Session, counts: Counter[UUID]) -> dict[UUID, int]:
    """Give out `counts` numbers of each endpoint; returns the first of each."""
    first = {}
    for endpoint_id, count in counts.items():
        moved = (
            update(ENDPOINTS)
            .where(ENDPOINTS.c.id == endpoint_id)
            .values(sequence=ENDPOINTS.c.sequence + count)
            .returning(ENDPOINTS.c.sequence)
        )
        first[endpoint_id] = session.execute(moved).scalar_one() - count + 1
    return first
