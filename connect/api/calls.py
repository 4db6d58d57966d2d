"""/v1/calls: the call log, and one call with its legs."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from connect.api.answers import answer_list, answer_one
from connect.api.blueprint import ApiBlueprint, answers
from connect.api.paths import record_id
from connect.api.schemas import CallsQuery, FieldsQuery, page_of
from connect.disclosure import reads
from connect.disclosure.filters import CallFilter
from connect.oauth.resource import protected
from connect.scopes.schemas.call import CallLegSchema, CallSchema

blueprint = ApiBlueprint("calls", __name__, url_prefix="/v1", description="The call log.")


CallWithLegsSchema = Schema.from_dict(
    {
        **CallSchema._declared_fields,
        "legs": fields.List(
            fields.Nested(CallLegSchema), metadata={"description": "Each attempt to reach an agent, in order"}
        ),
    },
    name="CallWithLegs",
)


@blueprint.get("/calls")
@protected("call_log:read")
@blueprint.arguments(CallsQuery, location="query")
@answers(blueprint, page_of(CallSchema, "Call", window=True), "Calls, newest first.")
def list_calls(query: dict[str, Any]) -> Response:
    """List calls

    Newest first; with `updated_since`, in the order of their changes. `window` says which period the answer covers.
    """
    page, wanted = _page(query), CallFilter.of(query)
    return answer_list(lambda context: reads.calls(context, wanted, **page))


@blueprint.get("/calls/<call_id>")
@protected("call_log:read")
@blueprint.arguments(FieldsQuery, location="query")
@answers(blueprint, CallWithLegsSchema, "The call.", missing=True)
def one_call(query: dict[str, Any], call_id: str) -> Response:
    """Get a call with its legs"""
    wanted = record_id("call_id", "call", call_id)
    return answer_one(lambda context: reads.call(context, wanted, only=query.get("fields_")))


def _page(query: dict[str, Any]) -> dict[str, Any]:
    return {"limit": query["limit"], "cursor": query.get("cursor"), "only": query.get("fields_")}
