"""Clients that we did not write get through the flow over a real port: Authlib's OAuth2Session, and plain requests."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from requests.auth import HTTPBasicAuth

from tests.oauth.flow import OFFLINE, VERIFIER, Flow, query
from tests.support import world
from tests.support.servers import LiveServer
from tests.support.world import REDIRECT_URI


def _metadata(server: LiveServer) -> dict[str, Any]:
    return requests.get(f"{server.url}/.well-known/oauth-authorization-server", timeout=10).json()


def _consent(flow: Flow, address: str) -> str:
    """What the browser does: opens the app's link, allows, comes back."""
    answer = requests.get(address, allow_redirects=False, timeout=10)
    assert answer.status_code == 303, answer.text
    return flow.allow(flow.id_in(answer.headers["Location"]))


def _grant(server: LiveServer, token: str) -> requests.Response:
    return requests.get(f"{server.url}/v1/grant", headers={"Authorization": f"Bearer {token}"}, timeout=10)


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_authlibs_client_connects_refreshes_and_revokes(live_server: LiveServer, method: str) -> None:
    made = world.make(kind="public" if method == "none" else "confidential")
    flow, said = Flow(live_server.app, made), _metadata(live_server)
    session = OAuth2Session(
        made.client_id,
        made.client_secret,
        scope=" ".join(sorted(OFFLINE)),
        redirect_uri=REDIRECT_URI,
        token_endpoint_auth_method=method,
        code_challenge_method="S256",
        default_timeout=10,
    )
    address, state = session.create_authorization_url(said["authorization_endpoint"], code_verifier=VERIFIER)
    back = _consent(flow, address)
    assert query(back)["iss"] == said["issuer"]
    first = dict(
        session.fetch_token(said["token_endpoint"], authorization_response=back, state=state, code_verifier=VERIFIER)
    )
    assert _grant(live_server, first["access_token"]).status_code == 200
    second = session.refresh_token(said["token_endpoint"], refresh_token=first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert session.revoke_token(said["revocation_endpoint"], token=second["refresh_token"]).status_code == 200
    assert _grant(live_server, second["access_token"]).status_code == 401


def test_authlibs_client_gets_a_token_for_the_app_and_looks_at_it(live_server: LiveServer) -> None:
    made, said = world.make(), _metadata(live_server)
    session = OAuth2Session(made.client_id, made.client_secret, default_timeout=10)
    token = session.fetch_token(said["token_endpoint"], grant_type="client_credentials", scope="app:read")
    seen = session.introspect_token(said["introspection_endpoint"], token=token["access_token"]).json()
    assert seen["active"] is True
    assert seen["scope"] == "app:read"


def test_plain_requests_do(live_server: LiveServer) -> None:
    made, said = world.make(), _metadata(live_server)
    flow = Flow(live_server.app, made)
    asked = {
        "response_type": "code",
        "client_id": made.client_id,
        "redirect_uri": REDIRECT_URI,
        "scope": "call_log:read offline_access",
        "state": "s",
        "code_challenge": create_s256_code_challenge(VERIFIER),
        "code_challenge_method": "S256",
    }
    address = requests.Request("GET", said["authorization_endpoint"], params=asked).prepare().url
    code = query(_consent(flow, str(address)))["code"]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT_URI,
        "code_verifier": VERIFIER,
    }
    secret = HTTPBasicAuth(made.client_id, made.client_secret or "")
    first = requests.post(said["token_endpoint"], data=form, auth=secret, timeout=10).json()
    again = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = requests.post(said["token_endpoint"], data=again, auth=secret, timeout=10).json()
    assert _grant(live_server, second["access_token"]).status_code == 200
