"""Views behind the protector, so that tests of tokens need nothing of the API."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Flask, Response, g, jsonify

from connect.core import ids
from connect.oauth.models import SpentProof
from connect.oauth.resource import protected
from connect.scopes.scopes import join
from tests.oauth.look import count


def install(app: Flask) -> None:
    """Put the views on an application that has answered nothing yet."""
    probe = Blueprint("probe", __name__)

    @probe.get("/v1/probe")
    @protected()
    def any_grant() -> Response:
        return _said()

    @probe.get("/v1/probe/calls")
    @protected("call_log:read")
    def calls() -> Response:
        return _said()

    @probe.get("/v1/probe/both")
    @protected("call_log:read", "call_log.numbers:read")
    def both() -> Response:
        return _said()

    @probe.get("/v1/probe/app")
    @protected("app:read")
    def of_the_app() -> Response:
        return jsonify({"client_id": g.access.client_id, "scope": join(g.access.scopes)})

    @probe.post("/v1/probe/act")
    @protected()
    def act() -> Response:
        return jsonify({"proofs": count(SpentProof)})

    @probe.get("/v1/probe/recent")
    @protected("call_log:read", max_age=timedelta(minutes=5))
    def after_a_recent_sign_in() -> Response:
        return _said()

    app.register_blueprint(probe)


def _said() -> Response:
    access = g.access
    return jsonify(
        {
            "client_id": access.client_id,
            "account": ids.encode("acc", access.account_id),
            "grant": ids.encode("grant", access.grant_id),
            "grant_version": access.grant_version,
            "scope": join(access.scopes),
            "history_from": access.terms.history_from,
            "catalogue_version": access.catalogue_version,
            "token": ids.encode("tok", access.token_id),
        }
    )
