"""After the attempts: what becomes of each delivery and of its endpoint, written down in one transaction for many.

Endpoints come first and in the order of their ids, then deliveries, as every claim does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, insert, literal, or_, update
from sqlalchemy.orm import Session

from connect.core import actor, clock, ids, queue, settings
from connect.core.database import UtcDateTime
from connect.core.queue import Settled
from connect.ledger import acts
from connect.ledger import services as ledger
from connect.webhooks import services
from connect.webhooks.models import ENDPOINTS, RETRY, TABLE, DeliveryAttempt
from connect.webhooks.outcome import Outcome, Rules, judge
from connect.webhooks.sender import Attempt

Judged = tuple[Attempt, Outcome]


def settle(session: Session, attempts: Sequence[Attempt]) -> None:
    """Write down what came of `attempts`. An attempt whose lease has passed to another changes no delivery, but stays on record."""
    rules, now = Rules.of(settings.current()), clock.now()
    judged = [(attempt, _judge(attempt, rules, now)) for attempt in attempts]
    off = {
        endpoint_id for endpoint_id, of_it in _by_endpoint(judged) if not _endpoint(session, endpoint_id, of_it, now)
    }
    queue.settle(session, TABLE, [_delivery(attempt, outcome, off, now) for attempt, outcome in judged])
    for attempt in attempts:
        if not _accepted(attempt):
            _correct_ledger(session, attempt)
    session.execute(insert(DeliveryAttempt), [_record(attempt) for attempt, _ in judged])


def _judge(attempt: Attempt, rules: Rules, now: datetime) -> Outcome:
    number = attempt.letter.parcel.claimed.attempt
    return judge(attempt.status, attempt.headers, attempts=number, now=now, rules=rules, uniform=ids.random_between)


def _by_endpoint(judged: Sequence[Judged]) -> list[tuple[UUID, list[Judged]]]:
    grouped: dict[UUID, list[Judged]] = {}
    for attempt, outcome in judged:
        grouped.setdefault(attempt.letter.parcel.claimed.endpoint_id, []).append((attempt, outcome))
    return sorted(grouped.items())


def _endpoint(session: Session, endpoint_id: UUID, judged: Sequence[Judged], now: datetime) -> bool:
    """Bring an endpoint's record up to date; whether it is still on. Where nothing changes, its row is not written."""
    reason = next((outcome.disabled for _, outcome in judged if outcome.disabled), "")
    if any(_accepted(attempt) for attempt, _ in judged):
        _note_success(session, endpoint_id)
    elif not _note_failures(session, endpoint_id, judged, now):
        reason = reason or "failing"
    if reason:
        services.disable(session, endpoint_id, reason, actor.SYSTEM)
    return not reason


def _note_success(session: Session, endpoint_id: UUID) -> None:
    failing = (ENDPOINTS.c.id == endpoint_id, ENDPOINTS.c.failing_since.is_not(None))
    session.execute(update(ENDPOINTS).where(*failing).values(failing_since=None, failures=0))


def _note_failures(session: Session, endpoint_id: UUID, judged: Sequence[Judged], now: datetime) -> bool:
    """Whether the endpoint may stay on: enabled still, and not failing for too long."""
    values: dict[str, Any] = {
        "failing_since": func.coalesce(ENDPOINTS.c.failing_since, literal(now, UtcDateTime)),
        "failures": ENDPOINTS.c.failures + len(judged),
    }
    pauses = [outcome.paused_until for _, outcome in judged if outcome.paused_until]
    if pauses:
        shorter = or_(ENDPOINTS.c.paused_until.is_(None), ENDPOINTS.c.paused_until < max(pauses))
        values["paused_until"] = case((shorter, literal(max(pauses), UtcDateTime)), else_=ENDPOINTS.c.paused_until)
    noted = update(ENDPOINTS).where(ENDPOINTS.c.id == endpoint_id).values(values)
    state, since = session.execute(noted.returning(ENDPOINTS.c.state, ENDPOINTS.c.failing_since)).one()
    return bool(state == "enabled" and now - since < settings.current().webhook_disable_after)


def _delivery(attempt: Attempt, outcome: Outcome, off: set[UUID], now: datetime) -> Settled:
    claimed = attempt.letter.parcel.claimed
    state = _state(attempt, outcome, claimed.endpoint_id in off)
    values = {
        "state": state,
        "lane": RETRY,
        "due_at": outcome.due_at,
        "withheld": attempt.letter.withheld or claimed.withheld,
        "last_status": attempt.status,
        "last_error": attempt.error,
        "settled_at": None if state == "pending" else now,
    }
    return Settled(claimed.key, claimed.lease, values)


def _state(attempt: Attempt, outcome: Outcome, endpoint_is_off: bool) -> str:
    if outcome.state == "pending":
        return "skipped" if endpoint_is_off else "pending"
    return "cancelled" if attempt.letter.withheld else outcome.state


def _accepted(attempt: Attempt) -> bool:
    return attempt.status is not None and 200 <= attempt.status < 300


def _correct_ledger(session: Session, attempt: Attempt) -> None:
    """The entry of the disclosure stood before the first byte; this one says that the body did not leave, or was not taken."""
    entry_id, claimed = attempt.letter.entry_id, attempt.letter.parcel.claimed
    if entry_id is None:
        return
    ledger.append(
        session,
        acts.outcome(
            of=ids.encode("entry", entry_id),
            channel="webhook",
            result="not_taken" if attempt.left else "not_sent",
            account_id=claimed.account_id,
            app_id=claimed.app_id,
            grant_id=claimed.grant_id,
            status=attempt.status,
            attempt=claimed.attempt,
            delivery=ids.encode("dlv", claimed.id),
            milliseconds=attempt.timings.total,
            bytes_sent=attempt.bytes_sent if attempt.left else 0,
            detail=attempt.error or None,
        ),
    )


def _record(attempt: Attempt) -> dict[str, Any]:
    claimed, timings = attempt.letter.parcel.claimed, attempt.timings
    return {
        "account_id": claimed.account_id,
        "id": ids.new(),
        "delivery_id": claimed.id,
        "endpoint_id": claimed.endpoint_id,
        "number": claimed.attempt,
        "started_at": attempt.started_at,
        "status": attempt.status,
        "error": attempt.error,
        "address": attempt.address,
        "dns_ms": timings.dns,
        "connect_ms": timings.connect,
        "first_byte_ms": timings.first_byte,
        "total_ms": timings.total,
        "bytes_sent": attempt.bytes_sent,
        "bytes_received": attempt.bytes_received,
        "entry_id": attempt.letter.entry_id,
    }
