"""The authorization server: Authlib's, with the guards, the transaction and the wording that it leaves to us."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import orjson
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from flask import Response
from flask import request as flask_request
from sqlalchemy.orm import Session

from connect.core import database, limits, settings
from connect.oauth import authentication, binding, clients, details, guessing, incoming, record, refresh_tokens, tokens
from connect.oauth.answers import ToApp
from connect.oauth.clients import OAuthClient
from connect.oauth.errors import Guess, TheftSeen
from connect.oauth.grant_types.authorization_code import AuthorizationCodeGrant, Pkce
from connect.oauth.grant_types.client_credentials import ClientCredentialsGrant
from connect.oauth.grant_types.device_code import DeviceCodeGrant
from connect.oauth.grant_types.refresh_token import RefreshTokenGrant
from connect.oauth.incoming import OAuthRequest
from connect.oauth.introspection import Introspection
from connect.oauth.revocation import Revocation

Answer = tuple[int, Any, Any]  # status, body, headers


class Server(AuthorizationServer):
    """Holds no state but its registries of grant types and endpoints, so one serves every application of the process."""

    def create_oauth2_request(self, request: OAuthRequest | None) -> OAuthRequest:
        """The given request, or the one of Flask, guarded. Raises OAuth2Error."""
        if request is not None:
            return request
        return (incoming.posted if flask_request.method == "POST" else incoming.asked)(flask_request)

    def query_client(self, client_id: str) -> OAuthClient | None:
        return clients.find(client_id)

    def authenticate_client(
        self, request: OAuthRequest, methods: Collection[str], endpoint: str = "token"
    ) -> OAuthClient:
        """The client behind a request; one that was proved already is not asked again."""
        if request.client is None:
            request.client = authentication.authenticate(request, methods)
        client: OAuthClient = request.client
        return client

    def create_token_response(self, request: OAuthRequest | None = None) -> Response:
        """The client is proved first, by reading alone, so that guessing never takes the write turn; the rest is one transaction."""
        return self.answered(self._token, request)

    def create_endpoint_response(self, name: str, request: OAuthRequest | None = None) -> Response:
        return self.answered(self._endpoints[name][0], request)

    def save_token(self, token: dict[str, Any], request: OAuthRequest) -> None:
        """Store an access token on `request.user`, its Basis, with its ledger entry."""
        basis: tokens.Basis = request.user
        issued = tokens.save(request.session, token, basis, request.now)
        event = "refreshed" if request.payload.grant_type == clients.REFRESH else "issued"
        successor = refresh_tokens.parse(token.get("refresh_token", ""))
        generation = successor.generation if successor else None
        record.issued(request, event, issued, basis, token["scope"].split(), generation)

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:
        return Response(orjson.dumps(body) if isinstance(body, dict) else body, status, headers)

    def handle_error_response(self, request: OAuthRequest | None, error: OAuth2Error) -> Response:
        """The error as JSON, or on its way to the app with `state` and `iss` (RFC 9207 2.4)."""
        if isinstance(error, Guess) and request is not None:
            guessing.count(request)
        body = dict(error.get_body())
        if error.redirect_uri and request is not None:
            return ToApp.of(request.form, **body).sent()
        return self.handle_response(error.status_code, body, error.get_headers())

    def answered(self, endpoint: Callable[[OAuthRequest], Answer], request: OAuthRequest | None = None) -> Response:
        """What `endpoint` answers to a request of a client's own, by default the present one; its OAuth2Error as JSON."""
        try:
            request = self.create_oauth2_request(request)
            guessing.refuse_guessers(request.address)
            return self.handle_response(*endpoint(request))
        except OAuth2Error as error:
            return self.handle_error_response(request, error)

    def _token(self, request: OAuthRequest) -> Answer:
        incoming.required(request, "grant_type")
        details.none_at_the_token_endpoint(request)
        grant = self.get_token_grant(request)
        client = self.authenticate_client(request, grant.TOKEN_ENDPOINT_AUTH_METHODS)
        limits.hit("token", f"{client.get_client_id()} {request.address}", settings.current().token_rate)
        binding.read(request, client, needed=client.must_prove_a_key)

        def attempt(session: Session) -> Answer | OAuth2Error:
            request.session = session
            return _attempt(grant, request)

        done = database.group_commit(attempt)
        if isinstance(done, OAuth2Error):
            raise done
        return done


def _attempt(grant: Any, request: OAuthRequest) -> Answer | OAuth2Error:
    """The answer of a grant type, inside the transaction. An OAuth2Error leaves it and undoes what was written (R6).

    Two are handed back instead, so that the transaction goes on: one of the checks, which write no more than that a proof was used and
    are thus no reason to undo what others wrote in the same commit, and TheftSeen, whose effects stay.
    """
    try:
        if request.proof is not None:
            request.proof.spend(request.session)
        grant.validate_token_request()
    except OAuth2Error as error:
        return error
    try:
        answer: Answer = grant.create_token_response()
    except TheftSeen as error:
        return error
    authentication.note_use(request)
    return answer


server = Server()
server.register_grant(AuthorizationCodeGrant, [Pkce()])
server.register_grant(DeviceCodeGrant)
server.register_grant(RefreshTokenGrant)
server.register_grant(ClientCredentialsGrant)
server.register_endpoint(Revocation)
server.register_endpoint(Introspection)
