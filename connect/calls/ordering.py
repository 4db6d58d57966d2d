"""The order of a list, and where it goes on: keyset paging, whose cost does not grow with how far one has read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, literal, tuple_, type_coerce

from connect.calls.models import Call, CallLeg
from connect.calls.sources import SOURCES
from connect.core.database import UtcDateTime

Position = tuple[int, UUID]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Order:
    """By `key`, then by record id unless no two keys are equal. `newest_first` turns both round. Without a key: by id, as entered."""

    record_id: ColumnElement[Any]
    key: ColumnElement[Any] | None = None
    newest_first: bool = False
    distinct: bool = False

    @property
    def sort_value(self) -> ColumnElement[Any]:
        """What `position` needs of a row beside its id; select it."""
        return literal(0, BigInteger()) if self.key is None else self.key

    def by(self) -> list[ColumnElement[Any]]:
        """For ORDER BY."""
        columns = self._columns()
        return [column.desc() for column in columns] if self.newest_first else columns

    def position(self, sort_value: Any, record_id: UUID) -> Position:
        """A row's place as a cursor carries it; a time as microseconds since 1970."""
        whole = (sort_value - _EPOCH) // _MICROSECOND if isinstance(sort_value, datetime) else sort_value
        return whole, record_id

    def after(self, position: Position) -> ColumnElement[bool]:
        """What comes after `position`."""
        whole, record_id = position
        return self.beyond(self.value(whole), record_id)

    def value(self, whole: int) -> datetime | int:
        """The sort value that `position` made `whole` of."""
        return _EPOCH + whole * _MICROSECOND if isinstance(self._columns()[0].type, UtcDateTime) else whole

    def beyond(self, sort_value: Any, record_id: Any) -> ColumnElement[bool]:
        """What comes after a row; both may be parameters."""
        columns = self._columns()
        values = [record_id if column is self.record_id else sort_value for column in columns]
        here = tuple_(*columns)
        there = tuple_(*(type_coerce(value, column.type) for value, column in zip(values, columns, strict=True)))
        return here < there if self.newest_first else here > there

    def _columns(self) -> list[ColumnElement[Any]]:
        if self.key is None:
            return [self.record_id]
        return [self.key] if self.distinct else [self.key, self.record_id]


_call, _leg = Call.__table__.c, CallLeg.__table__.c

NEWEST_CALLS = Order(_call.id, _call.started_at, newest_first=True)
CHANGES = Order(_call.id, _call.change_seq, distinct=True)
LEGS = Order(_leg.id, _leg.seq)

ORDERS: Mapping[str, Order] = MappingProxyType(
    {name: Order(source.keys[0]) for name, source in SOURCES.items()} | {"call": NEWEST_CALLS, "call_leg": LEGS}
)
