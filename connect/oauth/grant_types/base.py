"""What all grant types have in common: how a token is made and stored (hook (d): Authlib's generators never see the request)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError

from connect.oauth import audience, authentication, binding, tokens
from connect.oauth.answers import clean
from connect.oauth.incoming import OAuthRequest
from connect.oauth.standing import Standing


class Issuing:
    """Mixin of a grant type. `request.user` is the Basis that the token is issued on."""

    TOKEN_ENDPOINT_AUTH_METHODS = authentication.METHODS
    request: OAuthRequest

    def generate_token(self, scope: str = "", **_options: Any) -> dict[str, Any]:
        """The token response for `scope` on `request.user`, bound to the key and for the audience of the request.

        Of what else Authlib says, nothing is needed.
        """
        self.request.user = replace(self.request.user, jkt=self.request.jkt, resource=self.request.audience)
        return tokens.answer(scope.split(), self.request.user, self.request.now)


def must_be_for(request: OAuthRequest, *, jkt: str | None, resource: str | None) -> None:
    """What is exchanged or refreshed may be bound to a key (RFC 9449 10); its audience may be narrowed (RFC 8707 2.2)."""
    binding.must_fit(request, jkt)
    request.audience = audience.narrowed(resource, request.resources)


def must_stand(standing: Standing, request: OAuthRequest) -> None:
    """Raises InvalidGrantError that says what has ended."""
    end = standing.end(request.now)
    if end is not None:
        raise InvalidGrantError(clean(end.words))
