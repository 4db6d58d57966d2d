"""What all grant types have in common: how a token is made and stored (hook (d): Authlib's generators never see the request)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError

from connect.oauth import authentication, tokens
from connect.oauth.answers import clean
from connect.oauth.incoming import OAuthRequest
from connect.oauth.standing import Standing


class Issuing:
    """Mixin of a grant type. `request.user` is the Basis that the token is issued on."""

    TOKEN_ENDPOINT_AUTH_METHODS = authentication.METHODS
    request: OAuthRequest

    def generate_token(self, scope: str = "", **_options: Any) -> dict[str, Any]:
        """The token response for `scope` on `request.user`; of what else Authlib says, nothing is needed."""
        return tokens.answer(scope.split(), self.request.user, self.request.now)


def must_stand(standing: Standing, request: OAuthRequest) -> None:
    """Raises InvalidGrantError that says what has ended."""
    end = standing.end(request.now)
    if end is not None:
        raise InvalidGrantError(clean(end.words))
