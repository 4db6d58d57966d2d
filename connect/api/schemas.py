"""The forms of answers that are not a resource's own: pages, problems, the grant. They document; nothing is dumped through them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from connect.scopes.fields import Time, id_pattern
from connect.scopes.schemas.base import ResourceSchema
from connect.scopes.terms_schema import SelectionField, TermsSchema


class PageSchema(Schema):
    next = fields.String(
        allow_none=True, required=True, metadata={"description": "Cursor of the next page; null on the last."}
    )


class WindowSchema(Schema):
    """What the answer covers: the grant's terms, narrowed by the filters."""

    started_after = Time(allow_none=True, required=True, metadata={"description": "No call before this time is shown."})
    started_before = Time(
        allow_none=True, required=True, metadata={"description": "No call after this time is shown; null for no end."}
    )
    numbers = SelectionField("num", required=True, metadata={"description": "`all`, or the lines that are shown."})
    departments = SelectionField(
        "dep", required=True, metadata={"description": "`all`, or the departments that are shown."}
    )


def page_of(record: type[ResourceSchema]) -> type[Schema]:
    """The schema of a list of `record`."""
    members: dict[str, Any] = {
        "data": fields.List(fields.Nested(record), required=True),
        "page": fields.Nested(PageSchema, required=True),
        "window": fields.Nested(WindowSchema, required=True),
    }
    return type(f"{record.__name__.removesuffix('Schema')}Page", (Schema,), members)


def bare_page_of(record: type[Schema]) -> type[Schema]:
    """The same of what is not the customer's, which no terms bound."""
    members: dict[str, Any] = {
        "data": fields.List(fields.Nested(record), required=True),
        "page": fields.Nested(PageSchema, required=True),
    }
    return type(f"{record.__name__.removesuffix('Schema')}Page", (Schema,), members)


class FieldErrorSchema(Schema):
    field = fields.String(required=True)
    message = fields.String(required=True)


class ProblemSchema(Schema):
    """Problem details (RFC 9457)."""

    type = fields.String(
        required=True, metadata={"format": "uri", "description": "What kind of problem; its page explains it."}
    )
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "What is wrong, and what would be right."})
    instance = fields.String(required=True, metadata={"description": "The request id."})
    errors = fields.List(fields.Nested(FieldErrorSchema), metadata={"description": "Each wrong parameter."})
    scope = fields.String(metadata={"description": "The scopes that the call needs, with spaces between them."})
    missing = fields.List(fields.String(), metadata={"description": "The scopes that are not there."})
    ended_at = Time(metadata={"description": "When what the call stood on has ended."})


class GrantSchema(Schema):
    """The app's own grant: what was given, what was refused, on what terms."""

    id = fields.String(required=True, metadata={"pattern": id_pattern("grant")})
    state = fields.String(required=True)
    version = fields.Integer(required=True, metadata={"description": "Grows with every change."})
    granted = fields.List(fields.String(), required=True)
    refused = fields.List(fields.String(), required=True)
    terms = fields.Nested(TermsSchema, required=True)
    given_at = Time(required=True)
    expires_at = Time(required=True)


class ConnectionSchema(GrantSchema):
    """A grant of the app's, and the account that gave it."""

    account_id = fields.String(required=True, metadata={"pattern": id_pattern("acc")})
