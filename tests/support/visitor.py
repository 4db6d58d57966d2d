"""A person with a browser and no JavaScript: follows the forms of a page with their hidden fields, keeps one cookie."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.support.registry import PASSWORD

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Visitor:
    """`get` and `send` answer with the response; `send` first opens the page that holds the form, for its CSRF token."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.client = app.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def token(self, page: str) -> str:
        """The CSRF token in the forms of `page`."""
        found = _TOKEN.search(self.get(page).get_data(as_text=True))
        assert found, f"no form on {page}"
        return found[1]

    def send(self, path: str, fields: dict[str, Any] | None = None, *, page: str = "", **options: Any) -> TestResponse:
        """Send the form that stands on `page` (default: on `path` itself) to `path`."""
        token = self.token(page or path)
        return self.client.post(path, data={"csrf_token": token, **(fields or {})}, **options)

    def sign_in(self, email: str, password: str = PASSWORD, *, path: str = "/sign-in") -> TestResponse:
        return self.send(path, {"email": email, "password": password})

    @property
    def cookie(self) -> str | None:
        """The value of the one cookie, None without one."""
        cookies = list(self.client._cookies.values())
        assert len(cookies) <= 1
        return cookies[0].value if cookies else None

    @cookie.setter
    def cookie(self, value: str) -> None:
        kept = next(iter(self.client._cookies.values()))
        self.client.set_cookie(kept.key, value, domain=kept.domain, secure=kept.secure)


def csrf_token(response: TestResponse) -> str:
    """The CSRF token in a page that was answered."""
    found = _TOKEN.search(response.get_data(as_text=True))
    assert found, "no form here"
    return found[1]
