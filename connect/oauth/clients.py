"""The registry's client, as Authlib asks about it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from authlib.oauth2.rfc6749 import ClientMixin, list_to_scope, scope_to_list
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from apps_registry import clients
from apps_registry.clients import Client
from apps_registry.kinds import FAPI, KINDS, SECRET_METHODS
from apps_registry.origins import Origin

CODE, REFRESH, ALONE = "authorization_code", "refresh_token", "client_credentials"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"  # RFC 8628 3.4


@dataclass(frozen=True)
class OAuthClient(ClientMixin):
    """An app as an OAuth client (RFC 6749 2). Everything follows from its kind and its version in force."""

    app: Client

    @property
    def app_id(self) -> UUID:
        return self.app.app_id

    @property
    def grant_types(self) -> tuple[str, ...]:
        kind = KINDS[self.app.kind]
        ways = (
            (CODE, kind.redirects),
            (DEVICE, kind.polls),
            (REFRESH, kind.asks_customers),
            (ALONE, kind.confidential and self.app.origin == Origin.TEAM),
        )
        return tuple(name for name, has in ways if has)

    @property
    def must_prove_a_key(self) -> bool:
        """Whether its tokens are always bound to a key: in the fapi tier (FAPI 2.0 5.3.2.1 (4))."""
        return self.app.profile == FAPI

    @property
    def must_push(self) -> bool:
        """Whether it sends its authorization requests itself (RFC 9126 6): in the fapi tier (FAPI 2.0 5.3.2.2 (3))."""
        return self.app.profile == FAPI

    @property
    def keeps_refresh_token(self) -> bool:
        """Whether its refresh token stays the same, being bound to a key: in the fapi tier (FAPI 2.0 5.3.2.1 (9))."""
        return self.app.profile == FAPI

    def get_client_id(self) -> str:
        return self.app.client_id

    def get_default_redirect_uri(self) -> None:
        """None: a request always names its redirect URI, so that the code is always bound to one (trap T15)."""

    def get_allowed_scope(self, scope: str | None) -> str:
        known = self.app.version.scopes if self.app.version else frozenset()
        allowed: str = list_to_scope(sorted(known.intersection(scope_to_list(scope) or ())))
        return allowed

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return self.app.may_return_to(redirect_uri)

    def check_client_secret(self, client_secret: str) -> bool:
        return self.app.knows_secret(client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """A client with a secret may send it either way; the others have one way each (RFC 7591 2)."""
        if self.app.auth_method in SECRET_METHODS:
            return method in SECRET_METHODS
        return method == self.app.auth_method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and CODE in self.grant_types

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grant_types


def find(client_id: str, using: Connection | Session | None = None) -> OAuthClient | None:
    """The client of that id; one statement, whether it exists or not."""
    found = clients.find_client(client_id, using)
    return None if found is None else OAuthClient(found)
