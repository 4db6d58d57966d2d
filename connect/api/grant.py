"""/v1/grant: the app's own grant. It holds nothing of the customer's, so no scope is needed and no disclosure is made."""

from __future__ import annotations

from flask import Response, g, jsonify

from connect.api.blueprint import ApiBlueprint, answers
from connect.api.parsing import no_parameters
from connect.api.schemas import GrantSchema
from connect.core import ids
from connect.core.problems import Problem
from connect.grants import queries
from connect.oauth.resource import protected

blueprint = ApiBlueprint("grant", __name__, url_prefix="/v1", description="The app's own grant.")


@blueprint.get("/grant")
@protected()
@answers(blueprint, GrantSchema, "What was given, what was refused, on what terms.")
def get_grant() -> Response:
    """Get the grant behind the token"""
    no_parameters()
    grant = queries.one(g.access.account_id, g.access.grant_id)
    if grant is None:
        raise Problem("grant-ended", "This grant has ended.")
    return jsonify(
        {
            "id": ids.encode("grant", grant.id),
            "state": grant.standing,
            "version": grant.version,
            "granted": grant.scopes,
            "refused": grant.refused,
            "terms": grant.terms,
            "given_at": grant.given_at,
            "expires_at": grant.expires_at,
        }
    )
