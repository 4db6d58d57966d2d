"""requests-oauthlib (PyPI), the older half of the Python world, against the served platform."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from oauthlib.oauth2 import InvalidGrantError
from oauthlib.oauth2.rfc6749.parameters import prepare_token_revocation_request
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from tests.clients.conftest import SCOPE, Stage
from tests.support.world import REDIRECT_URI


class Client:
    """An app's use of requests-oauthlib, step by step."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        found = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=10).json()
        secret = HTTPBasicAuth(client_id, client_secret)
        session = OAuth2Session(client_id, scope=SCOPE.split(), redirect_uri=REDIRECT_URI, pkce="S256")
        self.found, self.session, self.secret = found, session, secret

    def connect(self, stage: Stage) -> dict[str, Any]:
        found, session, secret, visit = self.found, self.session, self.secret, stage.customer.allow
        address, _ = session.authorization_url(found["authorization_endpoint"])
        callback = visit(address)
        return dict(session.fetch_token(found["token_endpoint"], authorization_response=callback, auth=secret))

    def calls(self, token: dict[str, Any]) -> requests.Response:
        self.session.token = token
        return self.session.get(f"{self.found['issuer']}/v1/calls?limit=2", timeout=10)

    def refresh(self, token: dict[str, Any]) -> dict[str, Any]:
        found, session, secret = self.found, self.session, self.secret
        refresh_token = token["refresh_token"]
        return dict(session.refresh_token(found["token_endpoint"], refresh_token=refresh_token, auth=secret))

    def revoke(self, token: dict[str, Any]) -> requests.Response:
        found, secret = self.found, self.secret
        address, headers, form = prepare_token_revocation_request(
            found["revocation_endpoint"], token["refresh_token"], "refresh_token"
        )
        return requests.post(address, form, headers=headers, auth=secret, timeout=10)


def test_requests_oauthlib_connects_reads_refreshes_revokes_and_sees_the_end(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the platform is on this machine, over http
    client = Client(stage.issuer, stage.app.client_id, stage.app.client_secret or "")
    first = client.connect(stage)
    assert len(client.calls(first).json()["data"]) == 2
    second = client.refresh(first)
    assert second["refresh_token"] != first["refresh_token"]
    assert client.calls(second).ok
    assert client.revoke(second).status_code == 200
    assert client.calls(second).status_code == 401

    third = client.connect(stage)
    stage.customer.disconnect()
    ended = client.calls(third)
    assert ended.status_code == 401 and "revoked this grant" in ended.json()["detail"]
    with pytest.raises(InvalidGrantError):
        client.refresh(third)
