"""Authlib's own client and requests-oauthlib (PyPI) against the served platform."""

from __future__ import annotations

from typing import Any

import pytest
from authlib.integrations.base_client import OAuthError
from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign
from oauthlib.oauth2 import OAuth2Error

from apps_registry.keys import Keys
from tests.clients.authlib_app import AuthlibApp
from tests.clients.conftest import SCOPE, Stage, stage_on
from tests.clients.requests_oauthlib_app import RequestsOauthlibApp
from tests.oauth.holder import Holder
from tests.support.servers import LiveServer
from tests.support.world import REDIRECT_URI

CALLS = "/v1/calls?limit=2"


@pytest.mark.parametrize("library", [AuthlibApp, RequestsOauthlibApp])
def test_a_python_client_connects_reads_refreshes_revokes_and_sees_the_end(
    stage: Stage, library: type[AuthlibApp | RequestsOauthlibApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the platform is on this machine, over http
    app = library(stage.issuer, stage.app.client_id, stage.app.client_secret, REDIRECT_URI, SCOPE)
    first = app.connect(stage.customer.allow)
    assert len(app.read(first, CALLS).json()["data"]) == 2
    second = app.refresh(first)
    assert second["refresh_token"] != first["refresh_token"]
    assert app.read(second, CALLS).ok
    assert app.revoke(second).status_code == 200
    assert app.read(second, CALLS).status_code == 401

    third = app.connect(stage.customer.allow)
    stage.customer.disconnect()
    ended = app.read(third, CALLS)
    assert ended.status_code == 401 and "revoked this grant" in ended.json()["detail"]
    with pytest.raises((OAuthError, OAuth2Error)) as refused:
        app.refresh(third)
    assert refused.value.error == "invalid_grant"


@pytest.mark.parametrize("library", [AuthlibApp, RequestsOauthlibApp])
def test_a_python_client_goes_on_asking_for_what_the_customer_refused_and_gets_the_rest(
    live_server: LiveServer, library: type[AuthlibApp | RequestsOauthlibApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both send the scope of the first request again with every refresh."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    stage = stage_on(live_server.url, "confidential")
    stage.customer.unticked = frozenset({"contacts:read"})
    app = library(stage.issuer, stage.app.client_id, stage.app.client_secret, REDIRECT_URI, SCOPE)
    second = app.refresh(app.connect(stage.customer.allow))
    assert app.read(second, CALLS).ok
    assert app.read(second, "/v1/contacts").status_code == 403


@pytest.mark.parametrize(
    ("kind", "method"), [("confidential", "client_secret_post"), ("public", "none"), ("native", "none")]
)
def test_authlibs_client_proves_who_it_is_in_every_way(live_server: LiveServer, kind: str, method: str) -> None:
    stage = stage_on(live_server.url, kind)
    app = _authlib(stage, token_endpoint_auth_method=method)
    token = app.refresh(app.connect(stage.customer.allow))
    assert app.read(token, CALLS).ok
    app.revoke(token)
    assert app.read(token, CALLS).status_code == 401


class ShortLived(PrivateKeyJWT):
    """Authlib's assertions last an hour, which is refused; these last a minute."""

    def sign(self, auth: Any, token_endpoint: str) -> str:
        said = private_key_jwt_sign(auth.client_secret, auth.client_id, token_endpoint, self.alg, expires_in=60)
        return str(said)


def test_authlibs_client_proves_who_it_is_with_a_key(live_server: LiveServer) -> None:
    holder = Holder("PS256")
    keys = Keys({"keys": [holder.jwk]})
    stage = stage_on(live_server.url, "confidential", auth_method="private_key_jwt", keys=keys)
    way = "private_key_jwt"
    ways = {"token_endpoint_auth_method": way, "revocation_endpoint_auth_method": way}
    app = AuthlibApp(stage.issuer, stage.app.client_id, holder.key, REDIRECT_URI, SCOPE, **ways)
    app.session.register_client_auth_method(PrivateKeyJWT(stage.issuer, alg="PS256"))
    with pytest.raises(OAuthError, match="at most 300 seconds ahead"):
        app.connect(stage.customer.allow)
    app.session.register_client_auth_method(ShortLived(stage.issuer, alg="PS256"))
    token = app.refresh(app.connect(stage.customer.allow))
    assert app.read(token, CALLS).ok
    assert app.revoke(token).ok
    assert app.read(token, CALLS).status_code == 401


def test_authlibs_client_gets_a_token_for_the_app_and_looks_at_it(live_server: LiveServer) -> None:
    app = _authlib(stage_on(live_server.url, "service"))
    token = app.session.fetch_token(grant_type="client_credentials", scope="app:read")
    seen = app.session.introspect_token(app.found["introspection_endpoint"], token=token["access_token"]).json()
    assert (seen["active"], seen["scope"]) == (True, "app:read")


def _authlib(stage: Stage, **options: str) -> AuthlibApp:
    return AuthlibApp(stage.issuer, stage.app.client_id, stage.app.client_secret, REDIRECT_URI, SCOPE, **options)
