"""A table as a queue: rows are claimed under a lease, and whoever holds the lease settles them.

`due_at` says when a row may be claimed next: its scheduled time, or, while it is leased, the end of the lease. So a worker that dies
gives its rows back by doing nothing. One interface, two dialects: PostgreSQL passes over the rows that others are claiming (SKIP
LOCKED); on SQLite writers take turns anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Row,
    Select,
    Subquery,
    Table,
    bindparam,
    func,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from connect.core import clock, database, ids
from connect.core.database import Id, UtcDateTime

Columns = ReadOnlyColumnCollection[str, Any]
Condition = Callable[[Columns], ColumnElement[bool]]
Order = Callable[[Columns], Sequence[ColumnElement[Any]]]


class Leased:
    """The columns that make a model's table a queue."""

    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_token: Mapped[UUID | None] = mapped_column(Id)


@dataclass(frozen=True)
class Lease:
    """The mark of one claim, and when it ends. Nothing may be begun that could outlast it."""

    token: UUID
    until: datetime

    @classmethod
    def of(cls, length: timedelta) -> Lease:
        return cls(ids.new(), clock.now() + length)

    def outlasts(self, work: timedelta) -> bool:
        """Whether `work`, begun now, ends within the lease."""
        return clock.now() + work < self.until


@dataclass(frozen=True)
class Wanted:
    """Which rows a claim may take: due ones for which `ready` holds, in `order`; both are given the table's columns.

    Claims go round groups, so that one with a long backlog does not keep the others waiting: `groups` has the columns `id` and `slots`
    (how many rows the group may get now, never over `most`), `group` names the queue's column that holds the id.
    """

    ready: Condition
    order: Order
    groups: Subquery
    group: str
    most: int


def claim(
    session: Session, table: Table, lease: Lease, wanted: Wanted, limit: int, values: dict[str, Any]
) -> Sequence[Row[Any]]:
    """Lease up to `limit` of the wanted rows and set `values` on them, in one statement: a row is claimed once, whoever asks.

    Returns the claimed rows as they stand afterwards.
    """
    pick = _pick_postgresql if database.dialect() == "postgresql" else _pick_sqlite
    picked = once(pick(table, wanted, clock.now()).limit(limit), "picked")
    statement = (
        update(table)
        .where(*(key == picked.c[key.name] for key in table.primary_key))
        .values(lease_token=lease.token, due_at=lease.until, **values)
        .returning(*table.c)
    )
    return session.execute(statement).all()


def change_free(session: Session, table: Table, which: ColumnElement[bool], values: dict[str, Any]) -> None:
    """Set `values` on the rows of `which` that nobody is claiming or settling at this moment.

    Those in somebody's hands are passed over instead of waited for: whoever waits for many rows in an order of his own can deadlock
    with another. What must hold for them too has to be asked at the next claim.
    """
    free = once(select(*table.primary_key).where(which).with_for_update(skip_locked=True, key_share=True), "free")
    mine = (key == free.c[key.name] for key in table.primary_key)
    session.execute(update(table).where(*mine).values(**values))


def once(statement: Select[Any], name: str) -> CTE:
    """`statement` as a part of another one, run a single time. PostgreSQL may run a subquery once for each row it is joined to, and one
    that locks rows and has a LIMIT then takes more than its limit."""
    return statement.cte(name).prefix_with("MATERIALIZED", dialect="postgresql")


@dataclass(frozen=True)
class Settled:
    """What a claimed row, given by its primary key, becomes; its lease ends with it."""

    key: tuple[Any, ...]
    lease: Lease
    values: dict[str, Any]


def settle(session: Session, table: Table, settled: Sequence[Settled]) -> int:
    """Set the values, of the same columns for every row, in one round trip; how many rows that changed.

    A row whose lease is another's by now is left as it is. Rows are changed in the order of their keys, so that two who settle at once
    cannot each wait for the other.
    """
    if not settled:
        return 0
    keys, values = list(table.primary_key), settled[0].values
    statement = (
        update(table)
        .where(*(column == bindparam(f"key_{column.name}") for column in keys))
        .where(table.c.lease_token == bindparam("held", type_=Id))
        .values({"lease_token": None} | {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in values})
    )
    rows = [
        {"held": row.lease.token}
        | {f"key_{column.name}": part for column, part in zip(keys, row.key, strict=True)}
        | {f"new_{name}": value for name, value in row.values.items()}
        for row in sorted(settled, key=lambda row: row.key)
    ]
    return session.connection().execute(statement, rows).rowcount


def _pick_postgresql(table: Table, wanted: Wanted, now: datetime) -> Select[Any]:
    groups = wanted.groups
    rows = (
        select(table)
        .where(table.c[wanted.group] == groups.c.id, table.c.due_at <= now, wanted.ready(table.c))
        .order_by(*wanted.order(table.c))
        .limit(func.greatest(groups.c.slots, 0))
        .with_for_update(skip_locked=True, key_share=True)
        .lateral("rows")
    )
    rank = func.row_number().over(partition_by=rows.c[wanted.group], order_by=wanted.order(rows.c)).label("rank")
    ranked = select(*(rows.c[key.name] for key in table.primary_key), rank).select_from(groups.join(rows, true()))
    return _in_turns(table, ranked.subquery("ranked"))


def _pick_sqlite(table: Table, wanted: Wanted, now: datetime) -> Select[Any]:
    """SQLite has no LATERAL, and no column may stand in its LIMIT: take the most of each group, then cut to its slots by rank."""
    groups, inner = wanted.groups, table.alias("inner_rows")
    taken: Select[Any] = (
        select(literal_column("inner_rows.rowid"))
        .select_from(inner)
        .where(inner.c[wanted.group] == groups.c.id, inner.c.due_at <= now, wanted.ready(inner.c))
        .order_by(*wanted.order(inner.c))
        .limit(wanted.most)
        .correlate(groups)
    )
    rank = func.row_number().over(partition_by=groups.c.id, order_by=wanted.order(table.c)).label("rank")
    ranked = (
        select(*table.primary_key, groups.c.slots, rank)
        .select_from(groups.join(table, literal_column(f"{table.name}.rowid").in_(taken)))
        .subquery("ranked")
    )
    return _in_turns(table, ranked).where(ranked.c.rank <= ranked.c.slots)


def _in_turns(table: Table, ranked: Subquery) -> Select[Any]:
    """Everybody's first before anybody's second."""
    return select(*(ranked.c[key.name] for key in table.primary_key)).order_by(ranked.c.rank)
