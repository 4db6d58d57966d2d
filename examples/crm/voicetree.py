"""The client of VoiceTree Connect: OAuth by Authlib, and the calls of the API.

Copy this file first. It shows the four things a client has to do: PKCE and `state` (Authlib does both), compare `iss` with the issuer
(RFC 9207), refresh before the access token ends, and tell the person what a refusal says.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask, current_app, request, session

from examples.crm.config import Config
from examples.crm.store import Connection, Store

SCOPES = ("account:read", "call_log:read", "numbers:read", "call_log.numbers:read", "contacts:read", "offline_access")
_REFRESH_BEFORE = 60  # seconds left of an access token
_TIMEOUT = 30  # seconds for one request
_PAGE = 100


class Refused(Exception):
    """The API said no: `title` and `detail` are meant for people, `reconnect` tells whether connecting again can help."""

    def __init__(self, title: str, detail: str, status: int, retry_after: int = 0) -> None:
        super().__init__(title)
        self.title, self.detail, self.status, self.retry_after = title, detail, status, retry_after

    @property
    def reconnect(self) -> bool:
        return self.status == requests.codes.unauthorized


def install(app: Flask, config: Config) -> None:
    """Register the platform with Authlib; endpoints come from its metadata (RFC 8414)."""
    app.extensions["voicetree"] = OAuth(app).register(
        "voicetree",
        client_id=config.client_id,
        client_secret=config.client_secret,
        server_metadata_url=f"{config.connect_url}/.well-known/oauth-authorization-server",
        api_base_url=config.connect_url,
        fetch_token=_token,
        update_token=_keep_token,
        client_kwargs={
            "scope": " ".join(SCOPES),
            "code_challenge_method": "S256",
            "leeway": _REFRESH_BEFORE,
            "default_timeout": _TIMEOUT,
        },
    )


def client() -> FlaskOAuth2App:
    """Authlib's client of the platform."""
    return current_app.extensions["voicetree"]


def store() -> Store:
    found: Store = current_app.extensions["store"]
    return found


def link() -> Connection | None:
    """This browser's connection, also one that was given up or has ended."""
    return store().connection(session.get("workspace", ""))


def finish_connecting(workspace: str) -> None:
    """Exchange the code of the callback for a token and keep it. Raises OAuthError."""
    issuer = client().load_server_metadata()["issuer"]
    if request.args.get("iss") != issuer:
        raise OAuthError("invalid_issuer", f"The answer does not come from {issuer}.")
    token = client().authorize_access_token()
    session["workspace"] = workspace
    grant = _answer(client().get("/v1/grant", token=token))
    may_know_name = "account:read" in grant["granted"]
    account = _answer(client().get("/v1/account", token=token))["name"] if may_know_name else "your business"
    store().connect(Connection(workspace, dict(token), grant["id"], account))


def disconnect(found: Connection) -> None:
    """Revoke the tokens (RFC 7009) and forget them. The customer's grant stays; only the customer ends that."""
    if found.token is not None:
        endpoint = client().load_server_metadata()["revocation_endpoint"]
        caller = OAuth2Session(client().client_id, client().client_secret, default_timeout=_TIMEOUT)
        caller.revoke_token(endpoint, token=found.token.get("refresh_token", found.token["access_token"]))
    store().keep_token(found.workspace, None)


def get(path: str, **parameters: Any) -> dict[str, Any]:
    """An answer of the API; Authlib refreshes the token first where it is near its end. Raises Refused."""
    try:
        return _answer(client().get(path, params=parameters))
    except OAuthError as error:  # the refresh was refused: what it was good for has ended
        raise Refused("The connection has ended", error.description or str(error), 401) from error


def calls(cursor: str = "", limit: int = _PAGE) -> dict[str, Any]:
    """A page of calls, newest first: `data`, and `page.next` for the page after it."""
    return get("/v1/calls", limit=limit, **({"cursor": cursor} if cursor else {}))


def every_page() -> Iterator[list[dict[str, Any]]]:
    """All calls the grant shows, page by page; waits where the platform asks us to slow down."""
    cursor: str | None = ""
    while cursor is not None:
        try:
            page = calls(cursor)
        except Refused as refused:
            if not refused.retry_after:
                raise
            time.sleep(refused.retry_after)
            continue
        yield page["data"]
        cursor = page["page"]["next"]


def _answer(response: requests.Response) -> dict[str, Any]:
    body: dict[str, Any] = response.json() if "json" in response.headers.get("Content-Type", "") else {}
    if response.ok:
        return body
    raise Refused(
        body.get("title", f"VoiceTree Connect answered {response.status_code}"),
        body.get("detail", ""),
        response.status_code,
        int(response.headers.get("Retry-After", "0")) if response.status_code == requests.codes.too_many else 0,
    )


def _token() -> dict[str, Any] | None:
    found = link()
    return found.token if found else None


def _keep_token(token: dict[str, Any], **_old: str) -> None:
    store().keep_token(session["workspace"], dict(token))
