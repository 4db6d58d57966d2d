"""The one error shape of the API: problem details (RFC 9457). OAuth endpoints answer in RFC 6749 5.2 form instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.exceptions import HTTPException

# slug -> (status, title). The slug ends the problem's `type`; docs/developer/errors.md lists each.
TYPES: dict[str, tuple[int, str]] = {
    "invalid-request": (400, "The request is not understood"),
    "invalid-parameter": (400, "A parameter is wrong"),
    "invalid-body": (400, "The body is wrong"),
    "invalid-cursor": (400, "The cursor does not fit this request"),
    "not-authenticated": (401, "A valid access token is needed"),
    "token-expired": (401, "The access token has expired"),
    "token-revoked": (401, "The access token was ended"),
    "grant-ended": (401, "The customer's grant has ended"),
    "app-suspended": (401, "The app is suspended"),
    "forbidden": (403, "Not allowed"),
    "insufficient-scope": (403, "A scope is missing"),
    "grant-paused": (403, "The customer has paused this grant"),
    "fresh-sign-in-needed": (403, "Sign in again to do this"),
    "not-found": (404, "Not found"),
    "method-not-allowed": (405, "Method not allowed"),
    "conflict": (409, "The request does not fit the present state"),
    "gone": (410, "This has ended"),
    "body-too-large": (413, "The body is too large"),
    "unsupported-media-type": (415, "The media type is not supported"),
    "header-too-large": (431, "A header is too large"),
    "too-many-requests": (429, "Too many requests"),
    "internal-error": (500, "Something broke on our side"),
    "unavailable": (503, "Not available at the moment"),
    "ledger-unavailable": (503, "The disclosure could not be recorded, so nothing was sent"),
}

_BY_STATUS = {
    400: "invalid-request", 401: "not-authenticated", 403: "forbidden", 404: "not-found", 405: "method-not-allowed", 410: "gone",
    413: "body-too-large", 415: "unsupported-media-type", 429: "too-many-requests", 431: "header-too-large", 503: "unavailable",
}  # fmt: skip


class Problem(Exception):
    """Raised anywhere below an entry room; becomes the answer.

    `slug` is a key of TYPES; `detail` says what is wrong and what would be right; `members` are extension members (`errors`: a list
    of {"field", "message"}); `headers` go on the answer.
    """

    def __init__(self, slug: str, detail: str, headers: Mapping[str, str] | None = None, **members: Any) -> None:
        super().__init__(detail)
        self.slug, self.detail, self.headers, self.members = slug, detail, dict(headers or {}), members

    @property
    def status(self) -> int:
        return TYPES[self.slug][0]

    def document(self, instance: str | None = None) -> dict[str, Any]:
        """The problem as JSON; `instance` is the request id."""
        status, title = TYPES[self.slug]
        body = {
            "type": f"/problems/{self.slug}",
            "title": title,
            "status": status,
            "detail": self.detail,
            **self.members,
        }
        return body if instance is None else {**body, "instance": instance}


def of_http(error: HTTPException) -> Problem:
    """werkzeug's exception as a problem, its headers (Allow, Retry-After) kept."""
    slug = _BY_STATUS.get(error.code or 500) or ("invalid-request" if (error.code or 500) < 500 else "internal-error")
    kept = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After", "WWW-Authenticate"}}
    return Problem(slug, error.description or TYPES[slug][1], headers=kept)


def field_errors(slug: str, errors: Mapping[str, list[str]]) -> Problem:
    """A problem that names each wrong field and what would be right."""
    listed = [{"field": name, "message": message} for name, messages in errors.items() for message in messages]
    return Problem(slug, "; ".join(f"{item['field']}: {item['message']}" for item in listed), errors=listed)
