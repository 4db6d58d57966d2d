"""POST /oauth/device_authorization (RFC 8628 3.1, 3.2): a device without a browser asks, and shows a code for its person to type.

Authlib's DeviceAuthorizationEndpoint is not used: what it hands to storage are client id, scope and answer, without the request's
resource, key and transaction, and its object is shared by all requests (trap T16). Its user codes are.
"""

from __future__ import annotations

from typing import Any

from authlib.consts import default_json_headers
from sqlalchemy.orm import Session

from connect.core import database, ids, settings
from connect.oauth import device_codes, direct, requests, rules, user_codes
from connect.oauth.incoming import OAuthRequest
from connect.oauth.models import AuthRequest

_OF_A_BROWSER = ("response_type", "response_mode", "redirect_uri", "state", "code_challenge", "code_challenge_method")


def begin(request: OAuthRequest) -> tuple[int, dict[str, Any], Any]:
    """Status, body and headers. Raises OAuth2Error for a client that is not proved or a rule that is not kept."""
    direct.prove(request)
    for name in _OF_A_BROWSER:
        request.form.pop(name, None)
    for rule in rules.OF_A_DEVICE:
        rule(request)
    device_code, config = ids.token(device_codes.PREFIX), settings.current()
    user_code = user_codes.shown(direct.keep(request, lambda session: _store(session, request, device_code)))
    page = f"{config.base_url}{requests.DEVICE}"
    said = {
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?user_code={user_code}",
        "expires_in": int(config.device_code_ttl.total_seconds()),
        "interval": int(config.device_poll_interval.total_seconds()),
    }
    return 200, said, default_json_headers


def _store(session: Session, request: OAuthRequest, device_code: str) -> str:
    """Keep the request, with a user code that no other row has; that code."""
    config = settings.current()
    kept = requests.row(request, config.device_code_ttl) | {
        "device_digest": ids.digest(device_code),
        "poll_interval": int(config.device_poll_interval.total_seconds()),
    }
    while True:
        user_code = user_codes.make()
        new = database.upsert(AuthRequest).values(kept | {"user_code": user_code})
        stored = new.on_conflict_do_nothing(index_elements=["user_code"]).returning(AuthRequest.id)
        if session.connection().execute(stored).first():
            return user_code
