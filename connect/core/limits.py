"""Rate limits: memory on SQLite (one process), an UNLOGGED table on its own autocommit connection on PostgreSQL (many).

A limit is counted outside the request's transaction, so that a rollback does not give the attempt back, and a refused call never
lengthens the wait: the window is fixed, not sliding.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from functools import lru_cache

from limits import RateLimitItem, parse
from sqlalchemy import BigInteger, String, bindparam, case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningInsert

from connect.core import clock, database, keyring
from connect.core.database import Base, UtcDateTime
from connect.core.problems import Problem


class RateLimit(Base):
    """One window of one key; the key is a keyed hash, so the table holds no address and no e-mail."""

    __tablename__ = "rate_limit"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    hits: Mapped[int] = mapped_column(BigInteger)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


_memory: dict[str, tuple[int, datetime]] = {}
_lock = threading.Lock()


def hit(name: str, key: str, rate: str) -> None:
    """Count one use of `key` under limit `name`. Raises Problem too-many-requests with Retry-After when `rate` is passed."""
    if rate:
        _refuse_over(_count(_digest(name, key), _rate(rate)), _rate(rate))


def peek(name: str, key: str, rate: str) -> None:
    """As `hit`, without counting and without a write: refuses where `key` has used up `rate` already."""
    if rate:
        _refuse_over(_look(_digest(name, key)), _rate(rate), allowed=_rate(rate).amount - 1)


def reset() -> None:
    """Forget every count (tests)."""
    with _lock:
        _memory.clear()


def purge(limit: int = 10_000) -> int:
    """Delete windows that ended; returns how many."""
    if database.dialect() == "postgresql":
        with database.read() as connection:
            return connection.execute(delete(RateLimit).where(RateLimit.ends_at < clock.now())).rowcount
    with _lock:
        ended = [key for key, (_, ends) in _memory.items() if ends < clock.now()][:limit]
        for key in ended:
            del _memory[key]
        return len(ended)


@lru_cache(maxsize=64)
def _rate(text: str) -> RateLimitItem:
    return parse(text)


def _digest(name: str, key: str) -> str:
    return keyring.mac("rate-limit", f"{name}\n{key}".encode()).hex()


def _refuse_over(window: tuple[int, datetime], rate: RateLimitItem, allowed: int | None = None) -> None:
    hits, ends = window
    if hits > (rate.amount if allowed is None else allowed):
        wait = max(1, int((ends - clock.now()).total_seconds()) + 1)
        raise Problem("too-many-requests", f"Wait {wait} seconds, then try again.", headers={"Retry-After": str(wait)})


def _look(key: str) -> tuple[int, datetime]:
    now = clock.now()
    if database.dialect() == "postgresql":
        with database.read() as connection:
            row = connection.execute(_WINDOW, {"wanted": key}).one_or_none()
        window = (row.hits, row.ends_at) if row else None
    else:
        window = _memory.get(key)
    return window if window and window[1] > now else (0, now)


def _count(key: str, rate: RateLimitItem) -> tuple[int, datetime]:
    now = clock.now()
    ends = now + timedelta(seconds=rate.get_expiry())
    return _in_table(key, ends, now) if database.dialect() == "postgresql" else _in_memory(key, ends, now)


def _in_memory(key: str, ends: datetime, now: datetime) -> tuple[int, datetime]:
    with _lock:
        hits, until = _memory.get(key, (0, ends))
        if until <= now:
            hits, until = 0, ends
        _memory[key] = (hits + 1, until)
        return _memory[key]


def _in_table(key: str, ends: datetime, now: datetime) -> tuple[int, datetime]:
    with database.read() as connection:
        hits, until = connection.execute(_HIT, {"wanted": key, "ends": ends, "now": now}).one()
    return hits, until


def _hit_statement() -> ReturningInsert[int, datetime]:
    """Made once, so that it is compiled once."""
    ends, now = bindparam("ends", type_=UtcDateTime), bindparam("now", type_=UtcDateTime)
    over = RateLimit.ends_at <= now
    statement = insert(RateLimit).values(key=bindparam("wanted"), hits=1, ends_at=ends)
    upsert = statement.on_conflict_do_update(
        index_elements=[RateLimit.key],
        set_={
            "hits": case((over, 1), else_=RateLimit.hits + 1),
            "ends_at": case((over, ends), else_=RateLimit.ends_at),
        },
    )
    return upsert.returning(RateLimit.hits, RateLimit.ends_at)


_HIT = _hit_statement()
_WINDOW = select(RateLimit.hits, RateLimit.ends_at).where(RateLimit.key == bindparam("wanted"))
