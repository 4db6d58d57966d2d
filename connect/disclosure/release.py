"""The one door. Customer rows become bytes for anyone outside the account here and nowhere else (P1, P2).

`release` masks and encodes the rows, makes the ledger entry of exactly those bytes, and appends it on condition that the grant still
stands in the version the projection was made for. The body can be read once that entry is durable: no entry, no body.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from connect.core import database, log
from connect.core.problems import Problem
from connect.disclosure import entry, guard, quota
from connect.disclosure.context import Context
from connect.disclosure.encoding import encode
from connect.disclosure.errors import GrantMoved, NotDurable
from connect.disclosure.rows import Rows
from connect.ledger import services
from connect.ledger.services import Appended

logger = log.get("disclosure")

T = TypeVar("T")
Envelope = Callable[[list[dict[str, Any]]], Any]


@dataclass
class Released:
    """Bytes that may leave, and what the ledger says of them. `body` raises NotDurable until the entry is durable."""

    _body: bytes
    sha256: str
    count: int
    entry: Appended
    _durable: bool = field(default=False)

    @property
    def body(self) -> bytes:
        if not self._durable:
            raise NotDurable("the ledger entry of this body is not durable yet")
        return self._body

    def _now_durable(self) -> None:
        self._durable = True


def release(
    context: Context,
    rows: Rows,
    envelope: Envelope,
    *,
    status: int = 200,
    first: Callable[[Session], None] | None = None,
) -> Released:
    """Encode `rows` for `context` and record it; `envelope` puts the encoded records into the answer's form.

    Inside an open unit of work it joins that unit and the body opens at its commit; else it commits by itself (on SQLite together
    with other callers). `first` is done in that same transaction, before anything else; what it raises undoes all. Raises GrantMoved
    when the grant no longer stands as it did, Problem daily-limit when the customer allows no more today, Problem ledger-unavailable
    when the entry cannot be written: then nothing leaves.
    """
    body = orjson.dumps(envelope(encode(context, rows)), option=orjson.OPT_UTC_Z)
    sha256 = hashlib.sha256(body).hexdigest()
    draft = entry.draft(context, rows, sha256=sha256, size=len(body), status=status)
    session = database.current_unit()
    standing, parameters = guard.of(context)

    def record(unit: Session) -> Appended | None:
        if first is not None:
            first(unit)
        quota.check(unit, context, len(rows))
        return services.append(unit, draft, guard=standing, parameters=parameters)

    appended = _append(session, record)
    if appended is None:
        raise GrantMoved
    released = Released(body, sha256, len(rows), appended)
    if session is None:
        released._now_durable()
    else:
        database.after_commit(session, released._now_durable)
    return released


def _append(session: Session | None, work: Callable[[Session], T]) -> T:
    if session is not None:
        return work(session)
    try:
        return database.group_commit(work)
    except (DBAPIError, PoolTimeoutError, OSError) as error:
        logger.error("ledger unavailable", error=type(error).__name__)
        raise Problem(
            "ledger-unavailable",
            "The ledger cannot be written at the moment, so nothing was sent.",
            headers={"Retry-After": "5"},
        ) from error


def list_of(**beside: Any) -> Envelope:
    """The envelope of a list: `data`, and the members given beside it."""
    return lambda records: {"data": records, **beside}


def one(records: list[dict[str, Any]]) -> Mapping[str, Any]:
    """The envelope of a single record: the record itself."""
    return records[0]
