"""Compiled encoders: rows of a projection as JSON-ready records, without a schema's work on each row.

They give what dumping the resource's schema gives, with the masks applied; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from connect.core import ids
from connect.scopes import values
from connect.scopes.catalogue import RESOURCES, Projection
from connect.scopes.masks import MASKS
from connect.scopes.resource import FieldRule

Convert = Callable[[Any], Any]
Row = Sequence[Any] | Mapping[str, Any]
Encoder = Callable[[Sequence[Row]], list[dict[str, Any]]]


@lru_cache(maxsize=1024)
def compile_encoder(projection: Projection) -> Encoder:
    """The encoder of a projection.

    It takes rows: either sequences that begin with the projection's fields in order (what follows is ignored), or mappings by field
    name. Values are as the database gives them: UUID, aware datetime, date, int (money: paise), bool, str, lists, None. A record whose
    projection masks fields lists them under `_masked`. The encoder raises ValueError when a row is too short.
    """
    rules = [RESOURCES[projection.resource].field(name) for name in projection.names]
    masks = projection.masks
    converts = [(rule.name, convert) for rule in rules if (convert := _convert(rule, masks.get(rule.name)))]
    return partial(_encode, projection.names, tuple(converts), projection.masked)


def _encode(
    names: tuple[str, ...], converts: tuple[tuple[str, Convert], ...], masked: tuple[str, ...], rows: Sequence[Row]
) -> list[dict[str, Any]]:
    records = _records(names, rows)
    for name, convert in converts:
        for record in records:
            value = record[name]
            if value is not None:
                record[name] = convert(value)
    for record in records if masked else ():
        record["_masked"] = list(masked)
    return records


def _records(names: tuple[str, ...], rows: Sequence[Row]) -> list[dict[str, Any]]:
    if not rows:
        return []
    if isinstance(rows[0], Mapping):
        return [{name: row[name] for name in names} for row in rows]  # type: ignore[call-overload]
    shortest = min(map(len, rows))
    if shortest < len(names):
        raise ValueError(f"a row has {shortest} values, the projection {len(names)} fields")
    return [dict(zip(names, row, strict=False)) for row in rows]


def _convert(rule: FieldRule, mask: str | None) -> Convert | None:
    """How a value of the field becomes JSON; None when it is JSON already."""
    if mask is not None:
        return MASKS[mask]
    match rule.kind:
        case "id":
            return partial(ids.encode, rule.prefix)
        case "ids":
            return partial(_ids, rule.prefix)
        case "time":
            return values.rfc3339
        case "date":
            return _date
        case "boolean":
            return bool
        case "money":
            return values.money
        case "objects":
            return partial(_objects, tuple(part.name for part in rule.parts))
        case _:
            return None


def _ids(prefix: str, value: Sequence[UUID]) -> list[str]:
    return [ids.encode(prefix, each) for each in value]


def _date(value: Any) -> str:
    return str(value.isoformat())


def _objects(parts: tuple[str, ...], value: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: each[name] for name in parts if name in each} for each in value]
