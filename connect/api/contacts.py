"""/v1/contacts: the account's address book."""

from __future__ import annotations

from flask import Response

from connect.api import examples
from connect.api.answers import answer_list
from connect.api.blueprint import ApiBlueprint
from connect.api.parameters import ListQuery, choosing
from connect.api.schemas import page_of
from connect.disclosure import reads
from connect.disclosure.reads import Paging
from connect.scopes.schemas.contact import ContactSchema

blueprint = ApiBlueprint(
    "contacts", __name__, url_prefix="/v1", description="The people in the account's address book."
)


@blueprint.reads(
    "/contacts",
    "contacts:read",
    query=choosing(ListQuery, "contact"),
    answer=page_of(ContactSchema),
    example=examples.page(examples.CONTACT),
)
def list_contacts(paging: Paging) -> Response:
    """List contacts

    The people in the account's address book, in the order of their entry.
    """
    return answer_list(lambda context: reads.directory(context, "contact", paging))
