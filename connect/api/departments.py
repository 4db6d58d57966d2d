"""/v1/departments: the account's departments."""

from __future__ import annotations

from typing import Any

from flask import Response

from connect.api.answers import answer_list
from connect.api.blueprint import ApiBlueprint, answers
from connect.api.schemas import ListQuery, page_of
from connect.disclosure import reads
from connect.oauth.resource import protected
from connect.scopes.schemas.account import DepartmentSchema

blueprint = ApiBlueprint("departments", __name__, url_prefix="/v1", description="The account's departments.")


@blueprint.get("/departments")
@protected("departments:read")
@blueprint.arguments(ListQuery, location="query")
@answers(blueprint, page_of(DepartmentSchema, "Department"), "The account's departments, in the order they were made.")
def list_departments(query: dict[str, Any]) -> Response:
    """List departments"""
    page = {"limit": query["limit"], "cursor": query.get("cursor"), "only": query.get("fields_")}
    return answer_list(lambda context: reads.directory(context, "department", **page))
