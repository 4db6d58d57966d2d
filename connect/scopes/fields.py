"""The kinds of field a resource may have, and the metadata each must carry.

`shown(field, ...)` attaches the metadata from which everything else is derived: `x-class` (how personal), `x-scope` (which scope shows
it), `x-mask` (the mask under which the resource's own scope may show it) and a description. Only these reach OpenAPI.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, Protocol, TypeVar

from marshmallow import Schema, fields, validate

from connect.core import ids
from connect.scopes import values

F = TypeVar("F", bound=fields.Field[Any])

METADATA = ("x-class", "x-scope", "x-mask", "description")
_ID_BODY = "[0-7][0-9a-hjkmnp-tv-z]{25}"  # 128 bits in base32


class DataClass(IntEnum):
    """How personal a field is."""

    OPEN = 0  # nothing personal
    PSEUDONYMOUS = 1  # says that it is the same person, not who
    PERSONAL = 2
    CONTENT = 3  # what was said or sent, or special


OPEN, PSEUDONYMOUS, PERSONAL, CONTENT = DataClass


class Shown(Protocol):
    """`shown` with its scope already given."""

    def __call__(self, field: F, data_class: DataClass, description: str, *, mask: str | None = None) -> F: ...


def shown(field: F, data_class: DataClass, description: str, *, scope: str, mask: str | None = None) -> F:
    """`field` with its metadata: its class, what it means, the scope that shows it, the mask under which a lesser scope may."""
    said = {"x-class": int(data_class), "x-scope": scope, "x-mask": mask, "description": description}
    field.metadata = {**field.metadata, **said}
    return field


def kind_of(field: fields.Field[Any]) -> str:
    """The kind of a field, which decides how a stored value becomes JSON. Raises AttributeError for a field not of KINDS."""
    return str(field.kind)  # type: ignore[attr-defined]


def shown_by(scope: str) -> Shown:
    """`shown` for the fields of one scope."""

    def attach(field: F, data_class: DataClass, description: str, *, mask: str | None = None) -> F:
        return shown(field, data_class, description, scope=scope, mask=mask)

    return attach


def id_pattern(prefix: str) -> str:
    """What an id with `prefix` looks like, as a regular expression."""
    return f"^{prefix}_{_ID_BODY}$"


class Text(fields.String):
    kind = "text"


class Choice(Text):
    """A text out of a closed set."""

    def __init__(self, choices: Sequence[str], **options: Any) -> None:
        super().__init__(validate=validate.OneOf(choices), **options)
        self.choices = tuple(choices)


class Integer(fields.Integer):
    kind = "integer"


class Boolean(fields.Boolean):
    kind = "boolean"


class Date(fields.Date):
    kind = "date"


class Time(fields.AwareDateTime):
    """A time in RFC 3339, UTC."""

    kind = "time"

    def __init__(self, **options: Any) -> None:
        message = "must be a time with its zone, such as 2026-11-25T10:00:00Z"
        super().__init__(error_messages={"invalid": message, "invalid_awareness": message}, **options)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **_options: Any) -> str | None:
        return None if value is None else values.rfc3339(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime:
        try:
            return super()._deserialize(value, attr, data, **options).astimezone(UTC)
        except OverflowError as error:  # year 9999 in a zone west of UTC
            raise self.make_error("invalid", input=value, obj_type="datetime") from error


class Id(fields.String):
    """A UUID, shown as prefix and base32 (core.ids)."""

    kind = "id"

    def __init__(self, prefix: str, **options: Any) -> None:
        super().__init__(validate=validate.Regexp(id_pattern(prefix)), **options)
        self.prefix = prefix

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_options: Any) -> str | None:
        return None if value is None else ids.encode(self.prefix, value)


class Ids(fields.List[str]):
    kind = "ids"

    def __init__(self, prefix: str, **options: Any) -> None:
        super().__init__(Id(prefix), **options)
        self.prefix = prefix


class Texts(fields.List[str]):
    kind = "texts"

    def __init__(self, **options: Any) -> None:
        super().__init__(fields.String(), **options)


class Object(fields.Dict):
    """A JSON object whose keys are not ours, such as headers."""

    kind = "object"


class Objects(fields.List[Any]):
    """A list of objects of one schema; nothing outside that schema is shown."""

    kind = "objects"

    def __init__(self, parts: type[Schema], **options: Any) -> None:
        super().__init__(fields.Nested(parts), **options)
        self.parts = parts


class MoneySchema(Schema):
    """An amount in minor units (paise) with its ISO 4217 currency."""

    amount = fields.Integer()
    currency = fields.String()


class Money(fields.Nested):
    """A column of whole paise."""

    kind = "money"

    def __init__(self, **options: Any) -> None:
        super().__init__(MoneySchema, **options)

    def _serialize(self, nested_obj: Any, attr: Any, obj: Any, **_options: Any) -> Any:  # type: ignore[override]
        return None if nested_obj is None else values.money(nested_obj)


KINDS: tuple[type[fields.Field[Any]], ...] = (
    Text, Integer, Boolean, Date, Time, Id, Ids, Texts, Object, Objects, Money,
)  # fmt: skip
