"""Very many calls in a short time: a block of made-up calls is copied inside the database, each copy moved in time.

Copies are calls alone, without legs, notes and recordings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, LargeBinary, false, insert, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from connect.accounts import queries as accounts
from connect.calls import changes, services
from connect.calls.generator import SOURCE, generate
from connect.calls.models import Call
from connect.core import clock, database
from connect.core.database import Id, UtcDateTime

_call = Call.__table__.c

_BLOCK = 10_000
_TIMES = ("started_at", "queued_at", "answered_at", "ended_at")
_FLAGS = ("has_recording", "has_voicemail", "has_transcript")
_WEEK_S, _STEP_S, _WEEKS = 604_800, 37, 100


class dated(FunctionElement[Any]):  # noqa: N801 - an SQL function is written small
    """A UUIDv7 with its time replaced by `milliseconds` since 1970; what makes it unique stays."""

    type = Id()
    inherit_cache = True

    def __init__(self, id_: ColumnElement[Any], milliseconds: int) -> None:
        super().__init__(id_, literal(milliseconds.to_bytes(6), LargeBinary()))


class moved_back(FunctionElement[Any]):  # noqa: N801
    """A time, `seconds` earlier."""

    type = UtcDateTime()
    inherit_cache = True

    def __init__(self, at: ColumnElement[Any], seconds: int) -> None:
        super().__init__(at, literal(seconds, BigInteger()))


def fill(account_id: UUID, count: int, *, seed: int = 1, progress: Callable[[int], None] = lambda _count: None) -> None:
    """Put `count` calls into an empty account: at most 10,000 made-up ones, then copies of those over two years.

    `progress` hears how many there are so far.
    """
    size = min(count, _BLOCK)
    calls = generate(seed, accounts.account(account_id).timezone, clock.now(), size)
    services.store(database.unit_of_work, account_id, calls, progress=progress)
    for number, done in enumerate(range(size, count, size), start=1):
        length = min(size, count - done)
        with database.unit_of_work() as session:
            copy(session, account_id, range(1, length + 1), number)
        progress(done + length)


def copy(session: Session, account_id: UUID, block: range, number: int) -> None:
    """Copy the calls that have the change numbers `block`; each copy has its own `number` from 1 and lies elsewhere in two years."""
    connection = session.connection()
    at = changes.turn(connection, account_id)
    taken = changes.take(connection, account_id, len(block))
    seconds = number % _WEEKS * _WEEK_S + number * _STEP_S
    values: dict[str, ColumnElement[Any]] = {
        **dict(_call),
        "id": dated(_call.id, int(clock.now().timestamp() * 1000) + number),
        "source_id": _call.source_id + literal(f"-{number}"),
        "change_seq": _call.change_seq + (taken.start - block.start),
        "entered_at": literal(at, UtcDateTime()),
        "updated_at": literal(at, UtcDateTime()),
        **{name: moved_back(_call[name], seconds) for name in _TIMES},
        **dict.fromkeys(_FLAGS, false()),
    }
    originals = select(*values.values()).where(
        _call.account_id == account_id, _call.source == SOURCE, _call.change_seq.between(block.start, block.stop - 1)
    )
    connection.execute(insert(Call).from_select(list(values), originals))


@compiles(dated, "postgresql")
def _dated_postgresql(element: dated, compiler: Any, **options: Any) -> str:
    id_, time = (compiler.process(each, **options) for each in element.clauses)
    return f"(encode({time}, 'hex') || substr(replace({id_}::text, '-', ''), 13))::uuid"


@compiles(dated, "sqlite")
def _dated_sqlite(element: dated, compiler: Any, **options: Any) -> str:
    id_, time = (compiler.process(each, **options) for each in element.clauses)
    return f"CAST({time} || substr({id_}, 7) AS BLOB)"


@compiles(moved_back, "postgresql")
def _moved_postgresql(element: moved_back, compiler: Any, **options: Any) -> str:
    at, seconds = (compiler.process(each, **options) for each in element.clauses)
    return f"{at} - make_interval(secs => {seconds})"


@compiles(moved_back, "sqlite")
def _moved_sqlite(element: moved_back, compiler: Any, **options: Any) -> str:
    at, seconds = (compiler.process(each, **options) for each in element.clauses)
    return f"{at} - {seconds} * 1000000"
