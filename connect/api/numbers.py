"""/v1/numbers: the account's own lines."""

from __future__ import annotations

from typing import Any

from flask import Response

from connect.api.answers import answer_list
from connect.api.blueprint import ApiBlueprint, answers
from connect.api.schemas import ListQuery, page_of
from connect.disclosure import reads
from connect.oauth.resource import protected
from connect.scopes.schemas.account import NumberSchema

blueprint = ApiBlueprint("numbers", __name__, url_prefix="/v1", description="The account's own lines.")


@blueprint.get("/numbers")
@protected("numbers:read")
@blueprint.arguments(ListQuery, location="query")
@answers(blueprint, page_of(NumberSchema, "Number"), "The account's own lines, in the order they were made.")
def list_numbers(query: dict[str, Any]) -> Response:
    """List numbers"""
    page = {"limit": query["limit"], "cursor": query.get("cursor"), "only": query.get("fields_")}
    return answer_list(lambda context: reads.directory(context, "number", **page))
