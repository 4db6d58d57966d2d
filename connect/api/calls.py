"""/v1/calls: the call log, and one call with its legs."""

from __future__ import annotations

from uuid import UUID

from flask import Response
from marshmallow import Schema, fields

from connect.api import examples
from connect.api.answers import answer_list, answer_one
from connect.api.blueprint import ApiBlueprint
from connect.api.parameters import CallsQuery, FieldsQuery, choosing, record_id
from connect.api.schemas import page_of
from connect.disclosure import reads
from connect.disclosure.filters import CallFilter
from connect.disclosure.members import MEMBERS
from connect.disclosure.reads import Only, Paging
from connect.scopes.fields import id_pattern
from connect.scopes.schemas.call import CallLegSchema, CallSchema

blueprint = ApiBlueprint("calls", __name__, url_prefix="/v1", description="The call log.")

_LEGS = {"description": "Each attempt to reach an agent, in order"}
CallWithLegsSchema = Schema.from_dict(
    {**CallSchema._declared_fields, "legs": fields.List(fields.Nested(CallLegSchema), metadata=_LEGS)},
    name="CallWithLegs",
)


@blueprint.reads(
    "/calls",
    "call_log:read",
    query=choosing(CallsQuery, "call"),
    answer=page_of(CallSchema),
    example=examples.page(examples.CALL),
)
def list_calls(query: tuple[CallFilter, Paging]) -> Response:
    """List calls

    Newest first; with `updated_since`, in the order of their changes. `window` says which period and lines the answer covers.
    """
    wanted, paging = query
    return answer_list(lambda context: reads.calls(context, wanted, paging))


@blueprint.reads(
    "/calls/<call_id>",
    "call_log:read",
    query=choosing(FieldsQuery, "call", *MEMBERS["call"]),
    answer=CallWithLegsSchema,
    example={**examples.CALL, "legs": [examples.LEG]},
    parameters={"call_id": {"schema": {"type": "string", "pattern": id_pattern("call")}}},
)
def get_call(only: Only, call_id: str) -> Response:
    """Get a call with its legs"""
    wanted: UUID = record_id("call_id", "call", call_id)
    return answer_one(lambda context: reads.call(context, wanted, only=only))
