"""What an app did read under a grant, from the ledger alone: per field, per day, last time.

Counts come from the entries' columns; fields from the bodies of the newest entries, and the answer says how many those were.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import ColumnElement, Select, and_, func, select

from connect.core import clock, database
from connect.grants.models import Grant
from connect.ledger.models import LOG, LedgerEntry

_BODIES = 2_000  # entries whose bodies are opened; a page of one grant stays quick with a million entries


@dataclass(frozen=True)
class FieldUse:
    """A field that left: how many records, when last, under which mask."""

    resource: str
    name: str
    mask: str | None
    records: int
    last_read: datetime


@dataclass(frozen=True)
class DayUse:
    """A day in the account's time zone."""

    day: date
    requests: int
    records: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Usage:
    """Reads of one grant. `looked_at` of `requests` entries were opened for fields and days; the sums cover all."""

    requests: int
    records: int
    first: datetime | None
    last: datetime | None
    looked_at: int = 0
    fields: tuple[FieldUse, ...] = ()
    days: tuple[DayUse, ...] = ()
    scopes: dict[str, datetime] = field(default_factory=dict)  # used scope -> last use


@dataclass(frozen=True)
class LastRead:
    """When something last left under a grant: how many records, of how many fields."""

    at: datetime
    records: int
    fields: int


def of_grant(account_id: UUID, grant_id: UUID, zone: str) -> Usage:
    """The use of one grant; days are those of `zone` (IANA)."""
    with database.read() as connection:
        requests, records, first, last = connection.execute(_sums(LedgerEntry.grant_id == grant_id, account_id)).one()
        bodies = connection.execute(_newest(account_id, grant_id)).all()
    if not bodies:
        return Usage(0, 0, None, None)
    opened = [(at, orjson.loads(body)) for at, body in bodies]
    return Usage(
        requests=requests,
        records=records,
        first=first,
        last=last,
        looked_at=len(opened),
        fields=_fields(opened),
        days=_days(opened, ZoneInfo(zone)),
        scopes=_scopes(opened),
    )


def sums_of_account(account_id: UUID) -> dict[UUID, tuple[int, int, datetime]]:
    """Requests, records and the last read of each grant of an account."""
    statement = (
        _sums(LedgerEntry.grant_id.is_not(None), account_id)
        .add_columns(LedgerEntry.grant_id)
        .group_by(LedgerEntry.grant_id)
    )
    with database.read() as connection:
        return {
            grant: (requests, records, last) for requests, records, _first, last, grant in connection.execute(statement)
        }


def last_reads(account_id: UUID) -> dict[UUID, LastRead]:
    """The last disclosure under each grant of an account, by one statement."""
    newest = (
        select(LedgerEntry.id)
        .where(*_disclosed(account_id), LedgerEntry.grant_id == Grant.id)
        .order_by(LedgerEntry.id.desc())
        .limit(1)
        .correlate(Grant)
        .scalar_subquery()
    )
    of_entry = (LedgerEntry.log_id == LOG, LedgerEntry.id == newest)
    statement = select(Grant.id, LedgerEntry.at, LedgerEntry.body).join(LedgerEntry, and_(*of_entry))
    with database.read() as connection:
        rows = connection.execute(statement.where(Grant.account_id == account_id)).all()
    opened = ((grant_id, at, orjson.loads(body)) for grant_id, at, body in rows)
    return {grant_id: LastRead(at, body["count"], len(body["fields"])) for grant_id, at, body in opened}


def recent(account_id: UUID, period: timedelta) -> tuple[int, int]:
    """Records and requests of all apps of an account within the last `period`."""
    within = (LedgerEntry.grant_id.is_not(None), LedgerEntry.at >= clock.now() - period)
    with database.read() as connection:
        requests, records, _first, _last = connection.execute(_sums(and_(*within), account_id)).one()
    return int(records), requests


def _sums(condition: ColumnElement[bool], account_id: UUID) -> Select[*tuple[Any, ...]]:
    count = func.coalesce(func.sum(LedgerEntry.count), 0)
    return select(func.count(), count, func.min(LedgerEntry.at), func.max(LedgerEntry.at)).where(
        *_disclosed(account_id), condition
    )


def _newest(account_id: UUID, grant_id: UUID) -> Select[*tuple[Any, ...]]:
    mine = (*_disclosed(account_id), LedgerEntry.grant_id == grant_id)
    return select(LedgerEntry.at, LedgerEntry.body).where(*mine).order_by(LedgerEntry.id.desc()).limit(_BODIES)


def _disclosed(account_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (LedgerEntry.log_id == LOG, LedgerEntry.account_id == account_id, LedgerEntry.type == "disclosure")


def _fields(opened: Sequence[tuple[datetime, dict[str, Any]]]) -> tuple[FieldUse, ...]:
    records: Counter[tuple[str, str, str | None]] = Counter()
    last: dict[tuple[str, str, str | None], datetime] = {}
    for at, body in opened:  # newest first, so the first time seen is the last time read
        for key in _keys(body):
            records[key] += body["count"]
            last.setdefault(key, at)
    return tuple(
        FieldUse(*key, records=count, last_read=last[key]) for key, count in sorted(records.items(), key=str) if count
    )


def _keys(body: dict[str, Any]) -> Iterable[tuple[str, str, str | None]]:
    for name in body["fields"]:
        yield body["resource"], name, body["masks"].get(name)


def _days(opened: Sequence[tuple[datetime, dict[str, Any]]], zone: ZoneInfo) -> tuple[DayUse, ...]:
    by_day: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for at, body in opened:
        by_day[at.astimezone(zone).date()].append(body)
    return tuple(
        DayUse(
            day,
            len(bodies),
            sum(body["count"] for body in bodies),
            tuple(sorted({name for body in bodies for name in body["fields"]})),
        )
        for day, bodies in sorted(by_day.items())
    )


def _scopes(opened: Sequence[tuple[datetime, dict[str, Any]]]) -> dict[str, datetime]:
    used: dict[str, datetime] = {}
    for at, body in opened:
        for scope in body["scopes"]:
            used.setdefault(scope, at)
    return used
