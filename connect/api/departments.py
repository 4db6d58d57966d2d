"""/v1/departments: the account's departments."""

from __future__ import annotations

from flask import Response

from connect.api import examples
from connect.api.answers import answer_list
from connect.api.blueprint import ApiBlueprint
from connect.api.parameters import ListQuery, choosing
from connect.api.schemas import page_of
from connect.disclosure import reads
from connect.disclosure.reads import Paging
from connect.scopes.schemas.account import DepartmentSchema

blueprint = ApiBlueprint("departments", __name__, url_prefix="/v1", description="The account's departments.")


@blueprint.reads(
    "/departments",
    "departments:read",
    query=choosing(ListQuery, "department"),
    answer=page_of(DepartmentSchema),
    example=examples.page(examples.DEPARTMENT),
)
def list_departments(paging: Paging) -> Response:
    """List departments

    The account's departments, in the order of their entry.
    """
    return answer_list(lambda context: reads.directory(context, "department", paging))
