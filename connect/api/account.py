"""/v1/account: the business that gave the grant."""

from __future__ import annotations

from flask import Response

from connect.api import examples
from connect.api.answers import answer_one
from connect.api.blueprint import ApiBlueprint
from connect.api.parameters import FieldsQuery, choosing
from connect.disclosure import reads
from connect.disclosure.reads import Only
from connect.scopes.schemas.account import AccountSchema

blueprint = ApiBlueprint("account", __name__, url_prefix="/v1", description="The business that gave the grant.")


@blueprint.reads(
    "/account", "account:read", query=choosing(FieldsQuery, "account"), answer=AccountSchema, example=examples.ACCOUNT
)
def get_account(only: Only) -> Response:
    """Get the account"""
    return answer_one(lambda context: reads.account(context, only=only))
