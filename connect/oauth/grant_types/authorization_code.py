"""authorization_code (RFC 6749 4.1) with PKCE (RFC 7636), S256 and always.

At the authorization endpoint the rules are those of rules.py. At the token endpoint one exchange spends the code (trap T3), and a
second one by the same client with the same verifier ends what the first began, unless the two came at the same moment.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NoReturn

from authlib.oauth2.rfc6749 import AccessDeniedError, InvalidGrantError, grants
from authlib.oauth2.rfc7636 import CodeChallenge

from connect.core import ids, settings
from connect.oauth import binding, chains, codes, refresh_tokens, rules, thefts
from connect.oauth.answers import ToApp
from connect.oauth.clients import OAuthClient
from connect.oauth.codes import Approval, Code
from connect.oauth.errors import NeverIssued, TheftSeen
from connect.oauth.grant_types.base import Issuing, must_be_for, must_stand
from connect.oauth.incoming import OAuthRequest, StoredRequest
from connect.oauth.tokens import Basis
from connect.scopes.scopes import OFFLINE_ACCESS


class AuthorizationCodeGrant(Issuing, grants.AuthorizationCodeGrant):
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
        request.user = approval
        code = ids.token(codes.PREFIX)
        codes.issue(request.session, code, request)
        return ToApp.of(request.form, code=code)

    def query_authorization_code(self, code: str, client: OAuthClient) -> Code:
        found = codes.find(self.request.session, code)
        if found is None or found.app_id != client.app_id:
            raise NeverIssued
        must_stand(found.standing, self.request)
        must_be_for(self.request, jkt=found.jkt, resource=found.resource)
        if not found.get_scope():
            raise InvalidGrantError("Nothing of what this code was for is granted any more.")
        return found

    def authenticate_user(self, authorization_code: Code) -> Basis:
        """Spend the code; what it stands for. The first write, after the checks of client, grant, redirect URI and PKCE."""
        code, request, chain_id = authorization_code, self.request, ids.new()
        if not codes.spend(request.session, code, chain_id, request.now):
            self._refuse(code)
        return code.basis(chain_id)

    def generate_token(self, scope: str = "", include_refresh_token: bool = True, **_options: Any) -> dict[str, Any]:
        said = super().generate_token(scope)
        if include_refresh_token and OFFLINE_ACCESS in said["scope"].split():
            said["refresh_token"] = refresh_tokens.make(self.request.user.chain_id, generation=0).text
        return said

    def save_token(self, token: dict[str, Any]) -> None:
        first = refresh_tokens.parse(token.get("refresh_token", ""))
        code: Code = self.request.authorization_code
        basis = replace(self.request.user, resource=code.resource, jkt=binding.of_refresh_tokens(self.request))
        chains.begin(self.request.session, basis, token["scope"].split(), first, self.request.now)
        self.server.save_token(token, self.request)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """It is spent and stays for a day (setting code_keep)."""

    def _refuse(self, code: Code) -> NoReturn:
        """Why the code could not be spent: it expired, it is being exchanged at this moment, or it comes a second time."""
        request = self.request
        used_at, chain_id = codes.first_use(request.session, code)
        if used_at is None:
            raise InvalidGrantError("The code has expired.")
        if request.now - used_at < settings.current().code_race_window:
            raise InvalidGrantError("Another request is exchanging this code.")
        thefts.seen(request, code.basis(chain_id), chains.CODE_REUSE)
        raise TheftSeen("The code was used before; the tokens it gave have ended.")


class Pkce(CodeChallenge):
    """The verifier at the token endpoint (RFC 7636 4.6); the challenge is a rule of the authorization endpoint (trap T1)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def __call__(self, grant: AuthorizationCodeGrant) -> None:
        grant.register_hook("after_validate_token_request", self.validate_code_verifier)

    def get_authorization_code_challenge_method(self, authorization_code: Code) -> str:
        return "S256"
