"""/v1/grants: an app's own connections, for a token of the app alone (Grant Management for OAuth 2.0, draft -03: query and revoke).

What stands in a grant is the customer's permission, nothing of the customer's, so no disclosure is made.
"""

from __future__ import annotations

from uuid import UUID

from flask import Response, g, jsonify

from connect.api import examples
from connect.api.blueprint import ApiBlueprint
from connect.api.grant import document
from connect.api.parameters import ListQuery, NoQuery, record_id
from connect.api.schemas import ConnectionSchema, bare_page_of
from connect.core import database, ids
from connect.core.problems import Problem, field_errors
from connect.disclosure import cursors
from connect.disclosure.errors import CursorError
from connect.disclosure.reads import Paging
from connect.grants import queries, services
from connect.grants.errors import NoSuchGrant
from connect.grants.queries import GrantView
from connect.scopes.fields import id_pattern

blueprint = ApiBlueprint("grants", __name__, url_prefix="/v1", description="The app's own connections.")

_PATH = "/grants/<grant_id>"
_ID = {"grant_id": {"schema": {"type": "string", "pattern": id_pattern("grant")}}}


@blueprint.reads(
    "/grants",
    "app:read",
    query=ListQuery,
    answer=bare_page_of(ConnectionSchema),
    example={"data": [examples.CONNECTION], "page": {"next": None}},
)
def list_grants(paging: Paging) -> Response:
    """List the app's grants

    Those that stand, paused ones too, in the order in which they were first given.
    """
    bound = {"app": g.access.app_id, "resource": "grant"}
    found = queries.of_app(g.access.app_id, after=_after(bound, paging.cursor), limit=paging.limit + 1)
    shown = found[: paging.limit]
    following = cursors.encode(bound, (0, shown[-1].id)) if len(found) > paging.limit else None
    return jsonify({"data": [_connection(each) for each in shown], "page": {"next": following}})


@blueprint.reads(_PATH, "app:read", query=NoQuery, answer=ConnectionSchema, example=examples.CONNECTION, parameters=_ID)
def get_connection(_query: None, grant_id: str) -> Response:
    """Get one of the app's grants

    It may have ended; its state says so.
    """
    grant = queries.one_of_app(g.access.app_id, record_id("grant_id", "grant", grant_id))
    if grant is None:
        raise _missing()
    return jsonify(_connection(grant))


@blueprint.ends(_PATH, "app:grants", parameters=_ID)
def end_grant(_query: None, grant_id: str) -> tuple[str, int]:
    """End one of the app's grants

    Its tokens, deliveries and rights end with it, and the customer is told that the app did it. It cannot be undone: only the customer
    gives another.
    """
    wanted, app = record_id("grant_id", "grant", grant_id), g.access
    try:
        database.group_commit(lambda session: services.give_up(session, app.app_id, app.client_id, wanted))
    except NoSuchGrant as error:
        raise _missing() from error
    return "", 204


def _after(bound: dict[str, object], cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    try:
        return cursors.decode(bound, cursor)[1]
    except CursorError as error:
        raise field_errors("invalid-cursor", {"cursor": [str(error)]}) from error


def _connection(grant: GrantView) -> dict[str, object]:
    return document(grant) | {"account_id": ids.encode("acc", grant.account_id)}


def _missing() -> Problem:
    return Problem("not-found", "This app has no grant of that id.")
