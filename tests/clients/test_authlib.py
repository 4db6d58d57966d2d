"""Authlib's own client (PyPI), of which the platform uses only the other half, against the served platform."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from tests.clients.conftest import SCOPE, Stage, stage_on
from tests.support.servers import LiveServer
from tests.support.world import REDIRECT_URI


class Client:
    """An app's use of Authlib, step by step; `told` goes to OAuth2Session."""

    def __init__(self, issuer: str, client_id: str, client_secret: str | None, **told: Any) -> None:
        found = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=10).json()
        session = OAuth2Session(
            client_id,
            client_secret,
            scope=SCOPE,
            redirect_uri=REDIRECT_URI,
            code_challenge_method="S256",
            token_endpoint=found["token_endpoint"],
            default_timeout=10,
            **told,
        )
        self.found, self.session = found, session

    def connect(self, stage: Stage) -> dict[str, Any]:
        found, session, visit = self.found, self.session, stage.customer.allow
        verifier = generate_token(48)
        address, state = session.create_authorization_url(found["authorization_endpoint"], code_verifier=verifier)
        callback = visit(address)
        return dict(session.fetch_token(authorization_response=callback, state=state, code_verifier=verifier))

    def calls(self, token: dict[str, Any]) -> requests.Response:
        self.session.token = token
        return self.session.get(f"{self.found['issuer']}/v1/calls?limit=2")


def test_authlibs_client_connects_reads_refreshes_revokes_and_sees_the_end(stage: Stage) -> None:
    client = Client(stage.issuer, stage.app.client_id, stage.app.client_secret)
    first = client.connect(stage)
    assert len(client.calls(first).json()["data"]) == 2
    second = dict(client.session.refresh_token(refresh_token=first["refresh_token"]))
    assert second["refresh_token"] != first["refresh_token"]
    assert client.calls(second).ok
    revoked = client.session.revoke_token(client.found["revocation_endpoint"], token=second["refresh_token"])
    assert revoked.status_code == 200
    assert client.calls(second).status_code == 401

    third = client.connect(stage)
    stage.customer.disconnect()
    ended = client.calls(third)
    assert ended.status_code == 401 and "revoked this grant" in ended.json()["detail"]
    with pytest.raises(OAuthError, match="invalid_grant"):
        client.session.refresh_token(refresh_token=third["refresh_token"])


@pytest.mark.parametrize(
    ("kind", "method"), [("confidential", "client_secret_post"), ("public", "none"), ("native", "none")]
)
def test_authlibs_client_proves_who_it_is_in_every_way(live_server: LiveServer, kind: str, method: str) -> None:
    stage = stage_on(live_server.url, kind)
    secret = stage.app.client_secret
    client = Client(stage.issuer, stage.app.client_id, secret, token_endpoint_auth_method=method)
    first = client.connect(stage)
    second = dict(client.session.refresh_token(refresh_token=first["refresh_token"]))
    assert client.calls(second).ok
    client.session.revoke_token(client.found["revocation_endpoint"], token=second["refresh_token"])
    assert client.calls(second).status_code == 401


def test_authlibs_client_gets_a_token_for_the_app_and_looks_at_it(live_server: LiveServer) -> None:
    stage = stage_on(live_server.url, "service")
    client = Client(stage.issuer, stage.app.client_id, stage.app.client_secret)
    token = client.session.fetch_token(grant_type="client_credentials", scope="app:read")
    seen = client.session.introspect_token(client.found["introspection_endpoint"], token=token["access_token"]).json()
    assert (seen["active"], seen["scope"]) == (True, "app:read")
