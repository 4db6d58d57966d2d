"""/v1/account: the business the grant is of."""

from __future__ import annotations

from typing import Any

from flask import Response

from connect.api.answers import answer_one
from connect.api.blueprint import ApiBlueprint, answers
from connect.api.schemas import FieldsQuery
from connect.disclosure import reads
from connect.oauth.resource import protected
from connect.scopes.schemas.account import AccountSchema

blueprint = ApiBlueprint("account", __name__, url_prefix="/v1", description="The business the grant is of.")


@blueprint.get("/account")
@protected("account:read")
@blueprint.arguments(FieldsQuery, location="query")
@answers(blueprint, AccountSchema, "The account.")
def get_account(query: dict[str, Any]) -> Response:
    """Get the account"""
    return answer_one(lambda context: reads.account(context, only=query.get("fields_")))
