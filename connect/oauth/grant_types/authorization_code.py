"""authorization_code (RFC 6749 4.1) with PKCE (RFC 7636), S256 and always.

At the authorization endpoint the rules are those of rules.py. At the token endpoint one exchange spends the code (trap T3), and a
second one by the same client with the same verifier ends what the first began, unless the two came at the same moment.
"""

from __future__ import annotations

from authlib.oauth2.rfc6749 import AccessDeniedError, grants
from authlib.oauth2.rfc7636 import CodeChallenge

from connect.core import ids, settings
from connect.oauth import codes, rules
from connect.oauth.answers import ToApp
from connect.oauth.clients import OAuthClient
from connect.oauth.codes import Approval, Code
from connect.oauth.errors import NeverIssued
from connect.oauth.grant_types.base import must_be_for
from connect.oauth.grant_types.beginning import Beginning
from connect.oauth.incoming import OAuthRequest, StoredRequest
from connect.oauth.tokens import Basis


class AuthorizationCodeGrant(Beginning, grants.AuthorizationCodeGrant):
    """Both ends of the code flow; the request's session is that of the caller's transaction."""

    @classmethod
    def check_authorization_endpoint(cls, request: OAuthRequest) -> bool:
        """Always: response_type is a rule like the others, so that their order is one table."""
        return True

    @staticmethod
    def validate_no_multiple_request_parameter(request: OAuthRequest) -> None:
        """A rule of the table too."""

    def validate_authorization_request(self) -> str:
        """The redirect URI."""
        return rules.check(self.request)

    @staticmethod
    def answer(request: StoredRequest, approval: Approval | None) -> ToApp:
        """The answer to a request out of its row: a code, or without an approval access_denied.

        Authlib's create_authorization_response would check the request again, which undoes the consent (trap T2), and always redirect.
        """
        if approval is None:
            return ToApp.of(request.form, **dict(AccessDeniedError("The customer did not allow this.").get_body()))
        code = ids.token(codes.PREFIX)
        codes.issue(request.session, ids.digest(code), request, approval, request.now + settings.current().code_ttl)
        return ToApp.of(request.form, code=code)

    def query_authorization_code(self, code: str, client: OAuthClient) -> Code:
        found = codes.find(self.request.session, code)
        if found is None or found.app_id != client.app_id:
            raise NeverIssued
        must_be_for(self.request, jkt=found.jkt, resource=found.resource)
        self.must_be_good(found)
        return found

    def authenticate_user(self, authorization_code: Code) -> Basis:
        """What the code stands for; the checks of client, grant, redirect URI and PKCE come before."""
        return self.spend(authorization_code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """It is spent and stays for a day (setting code_keep)."""


class Pkce(CodeChallenge):
    """The verifier at the token endpoint (RFC 7636 4.6); the challenge is a rule of the authorization endpoint (trap T1)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def __call__(self, grant: AuthorizationCodeGrant) -> None:
        grant.register_hook("after_validate_token_request", self.validate_code_verifier)

    def get_authorization_code_challenge_method(self, authorization_code: Code) -> str:
        return "S256"
