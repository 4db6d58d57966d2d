"""Query and path parameters: marshmallow schemas whose values come out typed, ready for `disclosure.reads`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema
from webargs.fields import DelimitedList

from connect.core import ids
from connect.core.problems import field_errors
from connect.disclosure.filters import CallFilter
from connect.disclosure.reads import Paging
from connect.scopes.catalogue import RESOURCES
from connect.scopes.fields import Time, id_pattern
from connect.scopes.schemas.call import DIRECTIONS, STATUSES

DEFAULT_LIMIT, MOST = 50, 100
_LONGEST_CURSOR = 200
_E164 = r"^\+[1-9][0-9]{6,14}$"


class Pattern(validate.Validator):
    """A pattern for the whole value; in marshmallow's own, a line feed may follow `$`."""

    def __init__(self, pattern: str, message: str) -> None:
        self.regex, self.message = re.compile(pattern), message

    def __call__(self, value: str) -> str:
        if not self.regex.fullmatch(value):
            raise ValidationError(self.message)
        return value


class RecordId(fields.String):
    """An id in its text form; it comes out as a UUID."""

    def __init__(self, prefix: str, **options: Any) -> None:
        super().__init__(**options)
        self.prefix = prefix
        self.metadata = {"pattern": id_pattern(prefix), **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        try:
            return ids.decode(self.prefix, value)
        except ValueError as error:
            raise ValidationError(str(error)) from error


class Limit(fields.Integer):
    """A count written in ASCII digits; Python alone would also take ` 5`, `1_0` and `५`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if not re.fullmatch(r"[0-9]{1,9}", value):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **options)


class Names(DelimitedList):
    """Names with a comma between them, each once; they come out as a frozenset."""

    def __init__(self, known: tuple[str, ...], **options: Any) -> None:
        super().__init__(fields.String(validate=validate.OneOf(known)), validate=validate.Length(1), **options)
        self.known = known
        self.metadata = {"uniqueItems": True, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> Any:
        names = value.split(",")
        unknown = sorted(set(names) - set(self.known))
        if unknown:
            raise ValidationError(f"unknown: {', '.join(map(repr, unknown))}; there are {', '.join(self.known)}")
        if len(set(names)) != len(names):
            raise ValidationError("names a field more than once; name each once, such as id,status")
        return frozenset(names)


class NoQuery(Schema):
    """For an operation without parameters."""

    @post_load
    def _typed(self, _data: dict[str, Any], **_: Any) -> Any:
        return None


class FieldsQuery(Schema):
    """Which fields of a record; loads to a frozenset, or None for all."""

    @post_load
    def _typed(self, data: dict[str, Any], **_: Any) -> Any:
        return data.get("only")


class ListQuery(Schema):
    """Which page of a list; loads to a Paging."""

    limit = Limit(
        load_default=DEFAULT_LIMIT,
        error_messages={"invalid": f"must be a whole number from 1 to {MOST}"},
        validate=validate.Range(1, MOST, error=f"must be a whole number from 1 to {MOST}"),
        metadata={"description": "Most records on the page.", "examples": [50]},
    )
    cursor = fields.String(
        validate=validate.Length(1, _LONGEST_CURSOR, error="is not a cursor; take `page.next` of the answer before"),
        metadata={"description": "`page.next` of the answer before, unchanged, with the same filters."},
    )

    @post_load
    def _typed(self, data: dict[str, Any], **_: Any) -> Any:
        return Paging(data["limit"], data.get("cursor"), data.get("only"))


class CallsQuery(ListQuery):
    """Which calls, and which page of them; loads to (CallFilter, Paging)."""

    started_after = Time(metadata={"description": "Calls that started after this time."})
    started_before = Time(metadata={"description": "Calls that started before this time."})
    updated_since = Time(
        metadata={"description": "Calls changed at this time or later, in the order of their changes."}
    )
    number_id = RecordId("num", metadata={"description": "Calls on this line."})
    department_id = RecordId("dep", metadata={"description": "Calls for this department."})
    agent_id = RecordId("usr", metadata={"description": "Calls that this user took or made."})
    caller = fields.String(
        validate=Pattern(_E164, "must be a number in E.164, such as +919812345678 (in an address: %2B919812345678)"),
        metadata={
            "description": "Calls with this number. Needs `call_log.numbers:read`; the ledger keeps a digest of the number "
            "asked for, found or not.",
            "examples": ["+915000000010"],
        },
    )
    status = fields.String(validate=validate.OneOf(STATUSES), metadata={"description": "Calls that ended so."})
    direction = fields.String(validate=validate.OneOf(DIRECTIONS), metadata={"description": "Who called whom."})

    @validates_schema
    def _in_order(self, data: Mapping[str, Any], **_: Any) -> None:
        after, before = data.get("started_after"), data.get("started_before")
        if after and before and after >= before:
            raise ValidationError("must lie after started_after", "started_before")

    @post_load
    def _typed(self, data: dict[str, Any], **options: Any) -> Any:
        paging = super()._typed(data, **options)
        return CallFilter.of(data), paging


@cache
def choosing(query: type[Schema], resource: str, *members: str) -> type[Schema]:
    """`query` with the parameter `fields`, which names fields of `resource` or `members` that stand beside them."""
    known = (*RESOURCES[resource].by_name, *members)
    said = {"description": "Only these fields; by default all that the grant shows."}
    only = Names(known, data_key="fields", metadata=said)
    return type(f"{resource.title()}{query.__name__}", (query,), {"only": only})


def record_id(name: str, prefix: str, text: str) -> UUID:
    """The id in a path. Raises a problem that names `name` and says what an id looks like."""
    try:
        return ids.decode(prefix, text)
    except ValueError as error:
        raise field_errors("invalid-parameter", {name: [str(error)]}) from error
