"""/v1/contacts: the account's address book."""

from __future__ import annotations

from typing import Any

from flask import Response

from connect.api.answers import answer_list
from connect.api.blueprint import ApiBlueprint, answers
from connect.api.schemas import ListQuery, page_of
from connect.disclosure import reads
from connect.oauth.resource import protected
from connect.scopes.schemas.contact import ContactSchema

blueprint = ApiBlueprint("contacts", __name__, url_prefix="/v1", description="The account's address book.")


@blueprint.get("/contacts")
@protected("contacts:read")
@blueprint.arguments(ListQuery, location="query")
@answers(blueprint, page_of(ContactSchema, "Contact"), "The account's address book, in the order they were made.")
def list_contacts(query: dict[str, Any]) -> Response:
    """List contacts"""
    page = {"limit": query["limit"], "cursor": query.get("cursor"), "only": query.get("fields_")}
    return answer_list(lambda context: reads.directory(context, "contact", **page))
