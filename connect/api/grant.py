"""/v1/grant: the app's own grant. It holds nothing of the customer's, so no scope is needed and no disclosure is made."""

from __future__ import annotations

from flask import Response, g, jsonify

from connect.api import examples
from connect.api.blueprint import ApiBlueprint
from connect.api.parameters import NoQuery
from connect.api.schemas import GrantSchema
from connect.core import ids
from connect.core.problems import Problem
from connect.grants import queries
from connect.grants.queries import GrantView
from connect.scopes.terms import Terms
from connect.scopes.values import rfc3339

blueprint = ApiBlueprint("grant", __name__, url_prefix="/v1", description="The app's own grant.")


@blueprint.reads("/grant", query=NoQuery, answer=GrantSchema, example=examples.GRANT)
def get_grant(_query: None) -> Response:
    """Get the grant behind the token

    What the customer gave, what they refused, and on what terms.
    """
    grant = queries.one(g.access.account_id, g.access.grant_id)
    if grant is None:
        raise Problem("grant-ended", "This grant has ended.")
    return jsonify(document(grant))


def document(grant: GrantView) -> dict[str, object]:
    """A grant as its app may see it."""
    return {
        "id": ids.encode("grant", grant.id),
        "state": grant.standing,
        "version": grant.version,
        "granted": grant.scopes,
        "refused": grant.refused,
        "terms": Terms.from_json(grant.terms).to_detail(),
        "given_at": rfc3339(grant.given_at),
        "expires_at": rfc3339(grant.expires_at),
    }
