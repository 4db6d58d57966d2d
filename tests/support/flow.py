"""The consent flow over HTTP, as a browser and an app's server go through it; what tests of later steps begin with."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask

from connect.accounts import passwords, people
from connect.core import database
from tests.support.world import OPTIONAL, REDIRECT_URI, REQUIRED, World

PASSWORD = "a long enough password"


@dataclass
class Flow:
    """One browser and one app. `tokens` is the last token answer."""

    app: Flask
    world: World

    def __post_init__(self) -> None:
        self.browser = self.app.test_client()
        self.machine = self.app.test_client(use_cookies=False)
        self.verifier = secrets.token_urlsafe(48)
        self.tokens: dict[str, Any] = {}

    def sign_in(self) -> None:
        """The owner sets a password by a one-time link and is signed in; their one account is chosen."""
        self.set_password()
        page = self.browser.get("/sign-in")
        answer = self.browser.post(
            "/sign-in", data={"csrf_token": csrf(page.text), "email": self.world.email, "password": PASSWORD}
        )
        assert answer.status_code == 303, answer.text

    def set_password(self) -> None:
        """The owner can sign in with PASSWORD."""
        set_password(self.world)

    def authorize(self, scopes: Iterable[str] = REQUIRED | OPTIONAL, **changes: Any) -> Any:
        """Send the browser to the authorization endpoint; the answer."""
        return self.browser.get(self.authorize_path(scopes, **changes))

    def authorize_path(self, scopes: Iterable[str] = REQUIRED | OPTIONAL, **changes: Any) -> str:
        """Where the app sends the browser; a parameter that is None is left out."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self.world.client_id,
            "redirect_uri": REDIRECT_URI,
            "scope": " ".join(sorted(scopes)),
            "state": "st4te",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        } | changes
        return "/oauth/authorize?" + urlencode({name: value for name, value in query.items() if value is not None})

    def decide(self, consent_path: str, decision: str = "allow", ticked: Iterable[str] = (), **fields: Any) -> Any:
        """Open the consent page and press a button; the answer."""
        page = self.browser.get(consent_path)
        assert page.status_code == 200, page.text
        return self.browser.post(consent_path, data=answered(page.text, decision, ticked) | fields)

    def code(self, ticked: Iterable[str] = (), **fields: Any) -> str:
        """Everything up to the code in the redirect to the app."""
        answer = self.decide(urlsplit(self.authorize().location).path, ticked=ticked, **fields)
        assert answer.status_code == 303, answer.text
        return parse_qs(urlsplit(answer.location).query)["code"][0]

    def exchange(self, code: str, **changes: Any) -> Any:
        """The app's server redeems a code; the answer."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": self.verifier,
        }
        return self._token(form | changes)

    def refresh(self, token: str, **changes: Any) -> Any:
        return self._token({"grant_type": "refresh_token", "refresh_token": token} | changes)

    def connect(self, ticked: Iterable[str] = ("offline_access",)) -> dict[str, Any]:
        """Sign in, consent, redeem: the app has tokens."""
        self.sign_in()
        self.tokens = self.exchange(self.code(ticked)).get_json()
        assert "access_token" in self.tokens, self.tokens
        return self.tokens

    def read(self, path: str = "/v1/calls", token: str | None = None, **query: Any) -> Any:
        """An API request with the access token."""
        headers = {"Authorization": f"Bearer {token or self.tokens['access_token']}"}
        return self.machine.get(path, headers=headers, query_string=query)

    def _token(self, form: dict[str, Any]) -> Any:
        return self.machine.post("/oauth/token", data=form, auth=(self.world.client_id, self.world.client_secret))


def set_password(world: World) -> None:
    """The owner can sign in with PASSWORD."""
    with database.unit_of_work() as session:
        link = people.make_link(session, world.person_id)
        people.set_password(session, link, passwords.make_hash(PASSWORD), adult=True)


def answered(html: str, decision: str, ticked: Iterable[str]) -> dict[str, Any]:
    """The form of a consent page, filled in: 90 days forward and back."""
    said = {"decision": decision, "expires": "90", "history": "90", "scope": list(ticked)}
    return said | {"csrf_token": csrf(html), "form_token": hidden(html, "form_token")}


def csrf(html: str) -> str:
    return hidden(html, "csrf_token")


def hidden(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', html) or re.search(
        rf'value="([^"]*)"[^>]*name="{name}"', html
    )
    assert found, f"no field {name} in {html[:2000]}"
    return found[1]
