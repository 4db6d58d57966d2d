"""Query parameters and the forms of answers that are not a resource's own."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from connect.scopes.fields import Id, Time
from connect.scopes.schemas.call import DIRECTIONS, STATUSES

DEFAULT_LIMIT, MOST = 50, 100
_CURSOR = validate.Length(1, 200)


class Names(fields.String):
    """A comma-separated list of names, each once."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        names = str(super()._deserialize(value, attr, data, **options)).split(",")
        if not all(names) or len(set(names)) != len(names):
            raise ValidationError("names with a comma between them, each once, such as id,status")
        return frozenset(names)


class FieldsQuery(Schema):
    fields_ = Names(data_key="fields", metadata={"description": "Only these fields, with a comma between them."})


class ListQuery(FieldsQuery):
    limit = fields.Integer(
        strict=False,
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, MOST, error=f"a whole number from 1 to {MOST}"),
        metadata={"description": "Records on a page."},
    )
    cursor = fields.String(validate=_CURSOR, metadata={"description": "`page.next` of the answer before, unchanged."})


class CallsQuery(ListQuery):
    started_after = Time(metadata={"description": "Calls that started after this time."})
    started_before = Time(metadata={"description": "Calls that started before this time."})
    updated_since = Time(
        metadata={"description": "Calls changed at this time or later, in the order of their changes."}
    )
    number_id = Id("num", metadata={"description": "Calls on this line."})
    department_id = Id("dep", metadata={"description": "Calls of this department."})
    agent_id = Id("usr", metadata={"description": "Calls taken by this user."})
    caller = fields.String(
        validate=validate.Regexp(r"^\+[1-9][0-9]{6,14}$", error="a number in E.164, such as +919812345678"),
        metadata={"description": "Calls from this number (E.164); needs call_log.numbers:read."},
    )
    status = fields.String(validate=validate.OneOf(STATUSES), metadata={"description": "Calls with this outcome."})
    direction = fields.String(validate=validate.OneOf(DIRECTIONS), metadata={"description": "`inbound` or `outbound`."})

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        after, before = data.get("started_after"), data.get("started_before")
        if after and before and after >= before:
            raise ValidationError("must lie after started_after", "started_before")


class PageSchema(Schema):
    next = fields.String(
        allow_none=True, required=True, metadata={"description": "Cursor of the next page; null on the last."}
    )


class WindowSchema(Schema):
    """The period the answer covers, by the grant's terms and the filters together."""

    started_after = Time(allow_none=True)
    started_before = Time(allow_none=True)


def page_of(record: type[Schema], name: str, *, window: bool = False) -> type[Schema]:
    """The schema of a list of `record`."""
    members: dict[str, Any] = {
        "data": fields.List(fields.Nested(record), required=True),
        "page": fields.Nested(PageSchema, required=True),
    }
    if window:
        members["window"] = fields.Nested(WindowSchema, required=True)
    return type(f"{name}Page", (Schema,), members)


class FieldErrorSchema(Schema):
    field = fields.String(required=True)
    message = fields.String(required=True)


class ProblemSchema(Schema):
    """Problem details (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(metadata={"description": "The request id."})
    errors = fields.List(fields.Nested(FieldErrorSchema))
    scope = fields.String(metadata={"description": "The scopes the call needs, with spaces between them."})


class GrantSchema(Schema):
    """The app's own grant: what was given, what was refused, on what terms."""

    id = fields.String(required=True)
    state = fields.String(required=True)
    version = fields.Integer(required=True)
    granted = fields.List(fields.String(), required=True)
    refused = fields.List(fields.String(), required=True)
    terms = fields.Dict(required=True)
    given_at = Time(required=True)
    expires_at = Time(required=True)
