"""What grant types have in common that begin a chain with a code: it is spent once; its second use ends what the first began."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NoReturn

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidGrantError

from connect.core import ids, settings
from connect.oauth import binding, chains, codes, refresh_tokens, thefts
from connect.oauth.codes import Code
from connect.oauth.errors import TheftSeen
from connect.oauth.grant_types.base import Issuing, must_stand
from connect.oauth.tokens import Basis
from connect.scopes.scopes import OFFLINE_ACCESS


class Beginning(Issuing):
    """Mixin of a grant type that spends a code. `REUSE` is why a chain ends whose code comes back."""

    REUSE = chains.CODE_REUSE
    server: Any
    _code: Code

    def expired(self) -> OAuth2Error:
        """What a code is refused with that was not used in time."""
        return InvalidGrantError("The code has expired.")

    def must_be_good(self, code: Code) -> None:
        """Raises InvalidGrantError where nothing would come of the code, whoever uses it."""
        must_stand(code.standing, self.request)
        if not code.get_scope():
            raise InvalidGrantError("Nothing of what this code was for is granted any more.")

    def spend(self, code: Code) -> Basis:
        """Spend the code; what it stands for. The first write, after all checks."""
        request, chain_id = self.request, ids.new()
        if not codes.spend(request.session, code, chain_id, request.now):
            self._refuse(code)
        self._code = code
        return code.basis(chain_id)

    def generate_token(self, scope: str = "", include_refresh_token: bool = True, **_options: Any) -> dict[str, Any]:
        said = super().generate_token(scope)
        if include_refresh_token and OFFLINE_ACCESS in said["scope"].split():
            said["refresh_token"] = refresh_tokens.make(self.request.user.chain_id, generation=0).text
        return said

    def save_token(self, token: dict[str, Any]) -> None:
        first = refresh_tokens.parse(token.get("refresh_token", ""))
        basis = replace(self.request.user, resource=self._code.resource, jkt=binding.of_refresh_tokens(self.request))
        chains.begin(self.request.session, basis, token["scope"].split(), first, self.request.now)
        self.server.save_token(token, self.request)

    def _refuse(self, code: Code) -> NoReturn:
        """Why the code could not be spent: it expired, it is being exchanged at this moment, or it comes a second time."""
        request = self.request
        used_at, chain_id = codes.first_use(request.session, code)
        if used_at is None:
            raise self.expired()
        if request.now - used_at < settings.current().code_race_window:
            raise InvalidGrantError("Another request is exchanging this code.")
        thefts.seen(request, code.basis(chain_id), self.REUSE)
        raise TheftSeen("The code was used before; the tokens it gave have ended.")
