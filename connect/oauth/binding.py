"""Which key a request's codes and tokens are bound to (RFC 9449 5, 10): the one of the proof that comes with it."""

from __future__ import annotations

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError

from connect.oauth import dpop, nonces
from connect.oauth.clients import OAuthClient
from connect.oauth.dpop import InvalidProof
from connect.oauth.incoming import OAuthRequest


def read(request: OAuthRequest, client: OAuthClient, *, needed: bool) -> None:
    """Check the proof in `request` and keep it there, still to be spent. Raises InvalidProof, also where one is `needed` and lacks."""
    text = request.headers.get(dpop.HEADER)
    if text is None:
        if needed:
            raise InvalidProof("This app has to send a DPoP proof.")
        return
    demanded = nonces.demanded(client.app.profile)
    if demanded:
        nonces.offer(request.now)
    asked = dpop.Request(request.method, request.path, request.now, nonce_demanded=demanded)
    request.proof = dpop.check(text, asked)


def bind_code(request: OAuthRequest) -> None:
    """A proof at the endpoint for pushed requests binds the code as `dpop_jkt` does (RFC 9449 10.1). Raises where the two differ."""
    if request.jkt is not None and request.form.setdefault("dpop_jkt", request.jkt) != request.jkt:
        raise InvalidRequestError("The dpop_jkt is not the key of the DPoP proof.")


def must_fit(request: OAuthRequest, jkt: str | None) -> None:
    """Raises where what is exchanged or refreshed is bound to the key `jkt`, and the request does not prove to hold it."""
    if jkt is None or request.jkt == jkt:
        return
    if request.proof is None:
        raise InvalidProof("This is bound to a key: send a DPoP proof of it.")
    raise InvalidGrantError("This is bound to another key than that of the DPoP proof.")


def of_refresh_tokens(request: OAuthRequest) -> str | None:
    """The key that has to refresh: of a public client, which proves nothing else (RFC 9449 5), and of the fapi tier."""
    client: OAuthClient = request.client
    return request.jkt if client.app.auth_method == "none" or client.must_prove_a_key else None
