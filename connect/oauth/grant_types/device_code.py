"""urn:ietf:params:oauth:grant-type:device_code (RFC 8628 3.4, 3.5): a device polls until its person has answered.

The device code is spent like an authorization code, and what it begins is the same: grant, chain, ledger entries.
"""

from __future__ import annotations

from typing import Any

from authlib.oauth2 import OAuth2Error, rfc8628
from authlib.oauth2.rfc6749 import AccessDeniedError
from authlib.oauth2.rfc8628 import AuthorizationPendingError, ExpiredTokenError, SlowDownError

from connect.oauth import authentication, chains, codes, device_codes
from connect.oauth.codes import Code
from connect.oauth.device_codes import DeviceRequest
from connect.oauth.errors import NeverIssued
from connect.oauth.grant_types.base import must_be_for
from connect.oauth.grant_types.beginning import Beginning
from connect.oauth.models import ALLOWED, DENIED


class DeviceCodeGrant(Beginning, rfc8628.DeviceCodeGrant):
    """The request's session is that of the caller's transaction."""

    TOKEN_ENDPOINT_AUTH_METHODS = authentication.METHODS
    REUSE = chains.DEVICE_REUSE

    def query_device_credential(self, device_code: str) -> DeviceRequest:
        """A code that is unknown, or another app's, is one and the same answer."""
        found = device_codes.find(self.request.session, device_code)
        if found is None or found.app_id != self.request.client.app_id:
            raise NeverIssued
        parameters = found.parameters
        must_be_for(self.request, jkt=parameters.get("dpop_jkt"), resource=parameters.get("resource"))
        return found

    def validate_device_credential(self, credential: DeviceRequest) -> Code:
        """The code to spend, once the request is allowed; else raises what the device is told. Authlib would look by the user code."""
        now = self.request.now
        if credential.decision == ALLOWED:
            return self._allowed()
        if credential.decision == DENIED:
            raise AccessDeniedError("The customer did not allow this.")
        if credential.expires_at <= now:
            raise self.expired()
        if not device_codes.note_poll(self.request.session, credential, now):
            return self.validate_device_credential(self.query_device_credential(self._device_code))
        if credential.too_early(now):
            raise SlowDownError("Wait 5 seconds longer between two polls, from now on.")
        raise AuthorizationPendingError("Nobody has answered yet.")

    def create_token_response(self) -> tuple[int, dict[str, Any], Any]:
        code: Code = self.request.user
        self.request.credential, self.request.user = code, self.spend(code)
        answer: tuple[int, dict[str, Any], Any] = super().create_token_response()
        return answer

    def expired(self) -> OAuth2Error:
        return ExpiredTokenError("The device code has expired. Begin anew when the person wants to.")

    @property
    def _device_code(self) -> str:
        return self.request.form["device_code"]

    def _allowed(self) -> Code:
        code = codes.find(self.request.session, self._device_code, device_codes.PREFIX)
        assert code is not None  # written in the transaction of the answer, and kept as long
        self.must_be_good(code)
        return code
