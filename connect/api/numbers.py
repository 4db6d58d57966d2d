"""/v1/numbers: the account's own lines."""

from __future__ import annotations

from flask import Response

from connect.api import examples
from connect.api.answers import answer_list
from connect.api.blueprint import ApiBlueprint
from connect.api.parameters import ListQuery, choosing
from connect.api.schemas import page_of
from connect.disclosure import reads
from connect.disclosure.reads import Paging
from connect.scopes.schemas.account import NumberSchema

blueprint = ApiBlueprint("numbers", __name__, url_prefix="/v1", description="The account's own lines.")


@blueprint.reads(
    "/numbers",
    "numbers:read",
    query=choosing(ListQuery, "number"),
    answer=page_of(NumberSchema),
    example=examples.page(examples.NUMBER),
)
def list_numbers(paging: Paging) -> Response:
    """List numbers

    The account's own lines, in the order of their entry.
    """
    return answer_list(lambda context: reads.directory(context, "number", paging))
