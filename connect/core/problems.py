"""The one error shape of the API: problem details (RFC 9457). OAuth endpoints answer in RFC 6749 5.2 form instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from werkzeug.exceptions import HTTPException

from connect.core import settings


class Type(NamedTuple):
    """What a slug stands for; `advice` is what the caller can do about it, the text behind the problem's `type`."""

    status: int
    title: str
    advice: str


# The slug ends the problem's `type`. docs/developer/errors.md and /problems/<slug> show each.
TYPES: dict[str, Type] = {
    "invalid-request": Type(400, "The request is not understood", "Send it as the reference says."),
    "invalid-parameter": Type(400, "A parameter is wrong", "`errors` names each and says what would be right."),
    "invalid-body": Type(400, "The body is wrong", "`errors` names each wrong field and says what would be right."),
    "invalid-cursor": Type(
        400,
        "The cursor does not fit this request",
        "A cursor belongs to one grant and to the filters it was made with. Take `page.next` unchanged, or begin anew without one.",
    ),
    "not-authenticated": Type(
        401, "A valid access token is needed", "Send `Authorization: Bearer vta_...` with a token of ours."
    ),
    "invalid-proof": Type(
        401,
        "The DPoP proof does not hold",
        "Make a new proof for each request. For `use_dpop_nonce`, put the value of the `DPoP-Nonce` header into it and try again.",
    ),
    "insufficient-user-authentication": Type(
        401,
        "The person has to sign in again",
        "Send them through a new authorization request with the `max_age` of this answer; the new token will do.",
    ),
    "token-expired": Type(
        401, "The access token has expired", "Get another with the refresh token, then repeat the request."
    ),
    "token-revoked": Type(
        401, "The access token was ended", "Get another with the refresh token, or let the customer connect again."
    ),
    "grant-ended": Type(
        401,
        "The customer's grant has ended",
        "Stop. Only the customer can connect your app again; `detail` says how it ended. Delete what you may no longer keep.",
    ),
    "app-suspended": Type(
        401, "The app is suspended", "No customer's data can be read until that ends; `detail` says why."
    ),
    "forbidden": Type(403, "Not allowed", "The one who asks has no right to this; another role may have."),
    "insufficient-scope": Type(
        403,
        "A scope is missing",
        "`scope` names what the call needs, `missing` what is not there. Ask the customer for it with a new authorization request.",
    ),
    "grant-paused": Type(403, "This grant is paused", "Keep your tokens and try later: it may be resumed, or ended."),
    "fresh-sign-in-needed": Type(403, "Sign in again to do this", "It needs a sign-in of the last minutes."),
    "not-found": Type(
        404, "Not found", "It does not exist, or lies outside the terms of the grant: the two are not told apart."
    ),
    "method-not-allowed": Type(405, "Method not allowed", "The `Allow` header lists the methods of this address."),
    "conflict": Type(
        409, "The request does not fit the present state", "Look at how things stand now, then decide again."
    ),
    "gone": Type(410, "This has ended", "Start again from where you came."),
    "body-too-large": Type(413, "The body is too large", "Send less at a time."),
    "unsupported-media-type": Type(
        415, "The media type is not supported", "Send the media type that the reference names."
    ),
    "header-too-large": Type(431, "The headers are too large", "Send fewer or shorter headers."),
    "too-many-requests": Type(
        429, "Too many requests", "Wait as many seconds as `Retry-After` says, then go on more slowly."
    ),
    "daily-limit": Type(
        429,
        "The customer's daily limit is reached",
        "The customer lets this app read so many records a day and no more. `Retry-After` says when their next day begins.",
    ),
    "internal-error": Type(
        500, "Something broke on our side", "Try again; if it stays, report it with the request id."
    ),
    "unavailable": Type(
        503, "Not available at the moment", "Nothing was changed. Try again after `Retry-After` seconds."
    ),
    "ledger-unavailable": Type(
        503,
        "The disclosure could not be recorded, so nothing was sent",
        "What cannot be recorded is not disclosed. Try again after `Retry-After` seconds.",
    ),
}

_BY_STATUS = {
    400: "invalid-request",
    401: "not-authenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    410: "gone",
    413: "body-too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
    431: "header-too-large",
    503: "unavailable",
}


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
        return TYPES[self.slug].status

    def document(self, instance: str | None = None) -> dict[str, Any]:
        """The problem as JSON; `instance` is the request id."""
        kind = TYPES[self.slug]
        body = {
            "type": type_uri(self.slug),
            "title": kind.title,
            "status": kind.status,
            "detail": self.detail,
            **self.members,
        }
        return body if instance is None else {**body, "instance": instance}


def type_uri(slug: str) -> str:
    """The problem's `type`: an address that says what it means (RFC 9457 3.1.1)."""
    return f"{settings.current().base_url}/problems/{slug}"


def of_http(error: HTTPException) -> Problem:
    """werkzeug's exception as a problem, its headers (Allow, Retry-After) kept."""
    slug = _BY_STATUS.get(error.code or 500) or ("invalid-request" if (error.code or 500) < 500 else "internal-error")
    kept = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After", "WWW-Authenticate"}}
    return Problem(slug, error.description or TYPES[slug].title, headers=kept)


def field_errors(slug: str, errors: Mapping[str, list[str]]) -> Problem:
    """A problem that names each wrong field and what would be right."""
    listed = [{"field": name, "message": message} for name, messages in errors.items() for message in messages]
    return Problem(slug, "; ".join(f"{item['field']}: {item['message']}" for item in listed), errors=listed)
