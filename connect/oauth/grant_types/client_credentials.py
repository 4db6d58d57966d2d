"""client_credentials (RFC 6749 4.4): a token for the app alone, never for a customer's rows, and never refreshed."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import InvalidScopeError, grants

from connect.oauth.grant_types.base import Issuing, must_be_for
from connect.oauth.tokens import Basis
from connect.scopes import scopes
from connect.scopes.errors import ScopesError

_USUAL = scopes.APP_SCOPES - {"app:grants"}  # what ends things is asked for by name


class ClientCredentialsGrant(Issuing, grants.ClientCredentialsGrant):
    """For clients with a secret or a key (OAuthClient.grant_types). Scopes: those of the app; where none is named, _USUAL."""

    def validate_token_request(self) -> None:
        super().validate_token_request()
        must_be_for(self.request, jkt=None, resource=None)
        self.request.user = Basis(app_id=self.request.client.app_id)

    def validate_requested_scope(self) -> None:
        try:
            asked = scopes.parse(self.request.payload.scope or scopes.join(_USUAL))
        except ScopesError as error:
            raise InvalidScopeError("The scope must be names with one space between them.") from error
        if not asked <= scopes.APP_SCOPES:
            raise InvalidScopeError(f"A token for the app alone may have: {scopes.join(scopes.APP_SCOPES)}")
        self.request.payload.data["scope"] = scopes.join(asked)

    def save_token(self, token: dict[str, Any]) -> None:
        self.server.save_token(token, self.request)
