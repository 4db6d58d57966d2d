"""Drives the authorization server as an app does, over HTTP; the customer's yes or no is given through the consent page's services."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from connect.core import clock, database, ids
from connect.grants import services as grants
from connect.oauth import requests
from connect.oauth.answers import ToApp
from tests.support.world import REDIRECT_URI, REQUIRED, World

VERIFIER = "a-verifier-of-43-to-128-characters-out-of-66"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
OFFLINE = REQUIRED | {"offline_access"}
FORM = "application/x-www-form-urlencoded"


def basic(client_id: str, secret: str) -> dict[str, str]:
    """The Authorization header of client_secret_basic (RFC 6749 2.3.1)."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def query(location: str) -> dict[str, str]:
    """The parameters of an address."""
    return dict(parse_qsl(urlsplit(location).query, keep_blank_values=True))


def slug(answer: TestResponse) -> str:
    """The kind of a problem document: the last part of its `type`."""
    return str(answer.json["type"]).rpartition("/")[2]


class Signer(Protocol):
    """Who makes client assertions: tests/oauth/holder.py."""

    def credentials(self, client_id: str) -> dict[str, str]: ...


@dataclass
class Flow:
    """An app of `world` before the platform `app`. Each method is one step; `connect` takes all of them.

    An app with a key signs with `signer`; one that has to push its requests `pushes`.
    """

    app: Flask
    world: World
    redirect_uri: str = REDIRECT_URI
    headers: Mapping[str, str] = field(default_factory=dict)
    signer: Signer | None = None
    pushes: bool = False

    @property
    def client_auth(self) -> dict[str, str]:
        world = self.world
        return basic(world.client_id, world.client_secret) if world.client_secret else {}

    def ask(self, **changes: str | None) -> TestResponse:
        """GET /oauth/authorize with a good request but for `changes`; None leaves a parameter out."""
        return self.ask_raw(self.asked_as_text(**changes))

    def asked_as_text(self, **changes: str | None) -> str:
        """The query of a good request but for `changes`."""
        return urlencode({name: value for name, value in (self.asked | changes).items() if value is not None})

    @property
    def asked(self) -> dict[str, str | None]:
        """The parameters of a good authorization request."""
        return {
            "response_type": "code",
            "client_id": self.world.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(sorted(OFFLINE)),
            "state": "the state",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }

    def push(self, headers: Mapping[str, str] | None = None, **changes: str | None) -> TestResponse:
        """POST /oauth/par with a good request but for `changes`."""
        return self.post("/oauth/par", self.asked | changes, headers)

    def bring(self, request_uri: str, **beside: str) -> TestResponse:
        """The browser brings the reference of a pushed request."""
        return self.ask_raw(urlencode({"client_id": self.world.client_id, "request_uri": request_uri} | beside))

    def ask_raw(self, query_string: str | bytes) -> TestResponse:
        text = query_string.decode("latin-1") if isinstance(query_string, bytes) else query_string
        return self.app.test_client().get("/oauth/authorize", query_string=text)

    def request_id(self, **changes: str | None) -> UUID:
        """The id of a stored request."""
        answer = self.bring(self.push(**changes).json["request_uri"]) if self.pushes else self.ask(**changes)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return self.id_in(answer.location)

    @staticmethod
    def id_in(location: str) -> UUID:
        """The request that a consent page is about."""
        path = urlsplit(location).path
        assert path.startswith("/consent/"), location
        return ids.decode(requests.PREFIX, path.removeprefix("/consent/"))

    def allow(self, request_id: UUID, scopes: Iterable[str] = OFFLINE, **terms: Any) -> str:
        """The owner ticks `scopes`; the address the browser is sent to."""
        return self.answer(request_id, scopes, **terms).location

    def answer(self, request_id: UUID, scopes: Iterable[str] = OFFLINE, **terms: Any) -> ToApp:
        """The owner ticks `scopes`; the answer to the app."""
        with database.unit_of_work() as session:
            requests.decide(session, request_id, requests.ALLOWED)
            live = grants.live_of_app(session, self.world.account_id, self.world.app_id)
            consent = self.world.consent(scopes, version=live.version if live else 0, **terms)
            return requests.approve(
                session,
                request_id,
                grant=grants.give(session, consent),
                person_id=self.world.person_id,
                authenticated_at=clock.now(),
            )

    def refuse(self, request_id: UUID) -> str:
        """The owner says no; the address the browser is sent to."""
        return self.decline(request_id).location

    def decline(self, request_id: UUID) -> ToApp:
        """The owner says no; the answer to the app."""
        with database.unit_of_work() as session:
            requests.decide(session, request_id, requests.DENIED)
            return requests.deny(session, request_id)

    def code(self, scopes: Iterable[str] = OFFLINE, **changes: str | None) -> str:
        """A code that can be exchanged."""
        return query(self.allow(self.request_id(**changes), scopes))["code"]

    def post(self, path: str, form: Mapping[str, str | None], headers: Mapping[str, str] | None = None) -> TestResponse:
        """A form to an endpoint, with the client's own credentials unless `headers` are given."""
        if self.signer is not None and "client_assertion" not in form:
            form = self.signer.credentials(self.world.client_id) | form
        given = {name: value for name, value in form.items() if value is not None}
        if not self.world.client_secret and self.signer is None:
            given.setdefault("client_id", self.world.client_id)
        sent = self.client_auth if headers is None else headers
        return self.app.test_client().post(path, data=given, headers={**self.headers, **sent})

    def exchange(
        self, code: str | None, headers: Mapping[str, str] | None = None, **changes: str | None
    ) -> TestResponse:
        """POST /oauth/token with a code."""
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": VERIFIER,
        }
        return self.post("/oauth/token", form | changes, headers)

    def refresh(
        self, token: str | None, headers: Mapping[str, str] | None = None, **changes: str | None
    ) -> TestResponse:
        form: dict[str, str | None] = {"grant_type": "refresh_token", "refresh_token": token}
        return self.post("/oauth/token", form | changes, headers)

    def alone(self, headers: Mapping[str, str] | None = None, **changes: str | None) -> TestResponse:
        return self.post("/oauth/token", {"grant_type": "client_credentials"} | changes, headers)

    def connect(self, scopes: Iterable[str] = OFFLINE, **changes: str | None) -> dict[str, Any]:
        """The token response at the end of the whole flow."""
        answer = self.exchange(self.code(scopes, **changes))
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json

    def revoke(self, token: str, **changes: str | None) -> TestResponse:
        return self.post("/oauth/revoke", {"token": token} | changes)

    def introspect(self, token: str, headers: Mapping[str, str] | None = None, **changes: str | None) -> dict[str, Any]:
        answer = self.post("/oauth/introspect", {"token": token} | changes, headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json

    def works(self, token: str) -> bool:
        """Whether an access token opens a view that needs no scope."""
        return self.get("/v1/probe", token).status_code == 200

    def get(self, path: str, token: str) -> TestResponse:
        return self.app.test_client().get(path, headers={"Authorization": f"Bearer {token}"})
