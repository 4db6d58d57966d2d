"""What an app is told, and how: by a redirect, or by a form that the person's browser posts; and clean text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from flask import Response, render_template

from connect.core import settings, web

QUERY, FORM_POST = "query", "form_post"
MODES = (QUERY, FORM_POST)
_QUOTES = str.maketrans(dict.fromkeys('"“”‘’', "'") | {"…": "..."})
_NOT_IN_A_DESCRIPTION = re.compile(r"[^\x20-\x21\x23-\x5B\x5D-\x7E]")


@dataclass(frozen=True)
class ToApp:
    """The answer to an authorization request, to be taken to the app by the browser of whoever answered.

    `redirect_uri` is a registered one, `parameters` are those of the answer in their order, `mode` is one of MODES.
    """

    redirect_uri: str
    parameters: Mapping[str, str]
    mode: str

    @classmethod
    def of(cls, asked: Mapping[str, str], **parameters: str | None) -> ToApp:
        """The answer to the request with the parameters `asked`: those of `parameters` that are not None, `state` and `iss`
        (RFC 6749 4.1.2, RFC 9207 2)."""
        redirect_uri = asked["redirect_uri"]
        said = {**parameters, "state": asked.get("state"), "iss": settings.current().base_url}
        mode = asked.get("response_mode", QUERY)
        given = {name: value for name, value in said.items() if value is not None}
        return cls(redirect_uri, given, FORM_POST if mode == FORM_POST and may_be_posted_to(redirect_uri) else QUERY)

    @property
    def location(self) -> str:
        """The redirect URI with the answer behind it, byte for byte.

        A query it has already is kept as it is (RFC 6749 3.1.2), and nothing before it is taken apart: parsing and writing it anew, as
        Authlib does, changes `com.example.app:///cb`.
        """
        query = urlencode(self.parameters, quote_via=quote)
        return f"{self.redirect_uri}{'&' if '?' in self.redirect_uri else '?'}{query}"

    def sent(self) -> Response:
        """The answer on its way: a 303 (RFC 9700 4.12: never 307), or a page with a form (OAuth 2.0 Form Post Response Mode).

        Neither is kept by anybody, nor tells the app where it came from.
        """
        headers = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
        if self.mode == QUERY:
            return Response("", 303, {**headers, "Location": self.location})
        page = render_template("oauth/form_post.html", answer=self, host=urlsplit(self.redirect_uri).netloc)
        return Response(page, 200, {**headers, "Content-Security-Policy": web.policy(form_action=None)})


@dataclass(frozen=True)
class ToPage:
    """The way on for somebody who answered what no app waits for in their browser: a page of ours."""

    location: str

    def sent(self) -> Response:
        """A 303."""
        return Response("", 303, {"Location": self.location})


def may_be_posted_to(redirect_uri: str) -> bool:
    """A browser posts a form to a web server, on loopback too; what an app registers a scheme of its own with gets no body."""
    return redirect_uri.startswith(("https://", "http://"))


def clean(text: str) -> str:
    """`text` with the characters that an error_description may have (RFC 6749 5.2)."""
    return _NOT_IN_A_DESCRIPTION.sub("?", text.translate(_QUOTES))
