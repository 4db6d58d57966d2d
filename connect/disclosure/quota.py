"""The term `daily_records`: how many records an app may read in a day of the account's calendar, counted from the ledger itself."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from apps_registry.models import App
from connect.core import clock
from connect.core.problems import Problem
from connect.disclosure.context import Context
from connect.grants.models import Grant
from connect.ledger import partitions
from connect.ledger.models import LOG, LedgerEntry

_PULLED = frozenset(
    {"api", "mcp"}
)  # what an app asks for; what was promised to it, such as a webhook, is counted, not refused


def check(session: Session, context: Context, count: int) -> None:
    """Raise Problem daily-limit when `count` more records would pass the day's limit. Asks nothing where there is none.

    On PostgreSQL the grant is locked until the end of the transaction, so that two pages at once cannot pass it together; its app
    before it, as everywhere (R11).
    """
    limit = context.terms.daily_records
    if limit is None or count == 0 or context.channel not in _PULLED:
        return
    zone = ZoneInfo(context.timezone)
    today = clock.now().astimezone(zone).date()
    read = _read_since(session, context, _midnight(today, zone))
    if read + count > limit:
        raise _over(limit, read, _midnight(today + timedelta(days=1), zone))


def _read_since(session: Session, context: Context, start: datetime) -> int:
    mine = (Grant.account_id == context.account_id, Grant.id == context.grant_id)
    session.execute(select(App.id).where(App.id == context.app_id).with_for_update(read=True))
    session.execute(select(Grant.id).where(*mine).with_for_update(key_share=True))
    return (
        session.scalar(
            select(func.coalesce(func.sum(LedgerEntry.count), 0)).where(
                LedgerEntry.log_id == LOG,
                LedgerEntry.grant_id == context.grant_id,
                LedgerEntry.id >= partitions.bound(start),
                LedgerEntry.type == "disclosure",
            )
        )
        or 0
    )


def _over(limit: int, read: int, tomorrow: datetime) -> Problem:
    left = f"ask for at most {limit - read}, or wait" if read < limit else "wait"
    return Problem(
        "daily-limit",
        f"The customer allows {limit} records a day, and {read} were read today; {left} until {tomorrow:%Y-%m-%d %H:%M %Z}.",
        headers={"Retry-After": str(ceil((tomorrow - clock.now()).total_seconds()))},
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
