"""The endpoints of the authorization server. Each is: parse, call, answer; what they do stands in server.py and beside it."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Flask, Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from connect.core import database, limits, settings
from connect.core.access import public, rule
from connect.core.paths import Paths
from connect.core.problems import Problem
from connect.oauth import (
    device_authorization,
    nonces,
    pushed,
    reauthentication,
    registration,
    requests,
    well_known,
)
from connect.oauth.errors import of_problem
from connect.oauth.incoming import OAuthRequest
from connect.oauth.introspection import Introspection
from connect.oauth.revocation import Revocation
from connect.oauth.server import server

PATHS = Paths(machine=("/oauth/", "/.well-known/"), pages=(well_known.AUTHORIZE,))

pages = Blueprint("authorize", __name__, template_folder="templates")
machine = Blueprint("oauth", __name__)
_of_the_client = rule("the client's own credentials (RFC 6749 2.3)")


def install(app: Flask) -> None:
    """Put the endpoints and the two metadata documents on `app`."""
    for blueprint in (pages, machine, well_known.blueprint):
        app.register_blueprint(blueprint)


@pages.get(well_known.AUTHORIZE)
@public
def authorize() -> AnyResponse:
    """RFC 6749 4.1.1: keep the request, or find the one that was pushed; go on to consent. What is wrong with it is a page, or is told
    to the app."""
    limits.hit("authorize", request.remote_addr or "", settings.current().token_rate)
    asked = None
    try:
        asked = server.create_oauth2_request(None)
        if "request_uri" in asked.form:
            asked = pushed.follow(asked)
            _refuse_without_asking(asked)
            return _to_consent(asked.row_id)
        server.get_consent_grant(asked)
        _refuse_without_asking(asked)
    except OAuth2Error as error:
        if error.redirect_uri is None:
            raise Problem("invalid-request", error.description) from error
        return server.handle_error_response(asked, error)
    return _to_consent(database.group_commit(lambda session: requests.store(session, asked)))


def _refuse_without_asking(asked: OAuthRequest) -> None:
    """OpenID Connect Core 3.1.2.6: what prompt=none is told, by redirect."""
    who = g.get("person")
    error = reauthentication.without_asking(asked.form, asked.now, who and who.authenticated_at)
    if error is not None:
        error.redirect_uri, error.state = asked.payload.redirect_uri, asked.payload.state
        raise error


def _to_consent(request_id: UUID) -> AnyResponse:
    return redirect(f"/consent/{requests.text_id(request_id)}", 303)


@machine.post(well_known.PUSH)
@_of_the_client
def push() -> Response:
    """RFC 9126 2."""
    return server.answered(pushed.push)


@machine.post(well_known.DEVICE_AUTHORIZATION)
@_of_the_client
def authorize_device() -> Response:
    """RFC 8628 3.1."""
    return server.answered(device_authorization.begin)


@machine.post(well_known.TOKEN)
@_of_the_client
def token() -> Response:
    """RFC 6749 3.2."""
    return server.create_token_response()


@machine.post(well_known.REVOKE)
@_of_the_client
def revoke() -> Response:
    """RFC 7009 2."""
    return server.create_endpoint_response(Revocation.ENDPOINT_NAME)


@machine.post(well_known.INTROSPECT)
@_of_the_client
def introspect() -> Response:
    """RFC 7662 2."""
    return server.create_endpoint_response(Introspection.ENDPOINT_NAME)


@machine.post(well_known.REGISTER)
@rule("anyone, within a limit (RFC 7591 3)")
def register() -> Response:
    """RFC 7591 3."""
    return registration.answered(registration.register)


@machine.route(f"{well_known.REGISTER}/<client_id>", methods=["GET", "PUT", "DELETE"])
@rule("the registration access token (RFC 7592 2)")
def registered(client_id: str) -> Response:
    """RFC 7592 2."""
    return registration.answered(partial(registration.ACTS[request.method], client_id))


@machine.errorhandler(Problem)
def _as_oauth_error(problem: Problem) -> Response:
    """A limit or an outage, in the form in which OAuth clients read errors (RFC 6749 5.2)."""
    headers = {**problem.headers, "Content-Type": "application/json", "Cache-Control": "no-store"}
    return server.handle_response(problem.status, of_problem(problem), headers)


@machine.after_request
@well_known.blueprint.after_request
def _open_to_scripts(response: Response) -> Response:
    """Clients that run in a browser use these from other origins. No cookie counts here, so any origin may."""
    if request.path != well_known.INTROSPECT:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = nonces.HEADER
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, DPoP"
            response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, DELETE"
            response.headers["Access-Control-Max-Age"] = "3600"
    return response
