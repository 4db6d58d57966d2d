"""/v1/users: agents and other staff of the business."""

from __future__ import annotations

from typing import Any

from flask import Response

from connect.api.answers import answer_list
from connect.api.blueprint import ApiBlueprint, answers
from connect.api.schemas import ListQuery, page_of
from connect.disclosure import reads
from connect.oauth.resource import protected
from connect.scopes.schemas.account import UserSchema

blueprint = ApiBlueprint("users", __name__, url_prefix="/v1", description="Agents and other staff of the business.")


@blueprint.get("/users")
@protected("users:read")
@blueprint.arguments(ListQuery, location="query")
@answers(blueprint, page_of(UserSchema, "User"), "Agents and other staff of the business, in the order they were made.")
def list_users(query: dict[str, Any]) -> Response:
    """List users"""
    page = {"limit": query["limit"], "cursor": query.get("cursor"), "only": query.get("fields_")}
    return answer_list(lambda context: reads.directory(context, "user", **page))
