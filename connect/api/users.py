"""/v1/users: agents and other staff of the business."""

from __future__ import annotations

from flask import Response

from connect.api import examples
from connect.api.answers import answer_list
from connect.api.blueprint import ApiBlueprint
from connect.api.parameters import ListQuery, choosing
from connect.api.schemas import page_of
from connect.disclosure import reads
from connect.disclosure.reads import Paging
from connect.scopes.schemas.account import UserSchema

blueprint = ApiBlueprint("users", __name__, url_prefix="/v1", description="Agents and other staff of the business.")


@blueprint.reads(
    "/users",
    "users:read",
    query=choosing(ListQuery, "user"),
    answer=page_of(UserSchema),
    example=examples.page(examples.USER),
)
def list_users(paging: Paging) -> Response:
    """List users

    Agents and other staff of the business, in the order of their entry.
    """
    return answer_list(lambda context: reads.directory(context, "user", paging))
