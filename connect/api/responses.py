"""What operations answer, as OpenAPI says it: the record or page, each problem with an example, the headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from marshmallow import Schema

from connect.api.schemas import ProblemSchema
from connect.core.problems import TYPES, Problem

REQUEST_ID = "req_06k3w9d8zr0hm4qcb7y5e2xnat"
_HEADERS = {
    "Request-Id": ("string", "Id of this request; the ledger entry of what was disclosed names it"),
    "Retry-After": ("integer", "Seconds to wait"),
    "WWW-Authenticate": ("string", "What kind of token is needed, and the scopes (RFC 6750 3)"),
}
_PROBLEMS: Mapping[int, tuple[str, Sequence[str], Sequence[str]]] = {
    400: ("A parameter is wrong; `errors` names it", ("invalid-parameter", "invalid-cursor"), ()),
    401: (
        "There is no token, or it has ended; `detail` says why",
        ("not-authenticated", "token-expired", "token-revoked", "grant-ended", "app-suspended"),
        ("WWW-Authenticate",),
    ),
    403: (
        "A scope is missing, or the app is paused for the customer",
        ("insufficient-scope", "grant-paused"),
        ("WWW-Authenticate",),
    ),
    404: ("No such record, or the grant does not reach it", ("not-found",), ()),
    429: ("Too much at once, or for today", ("too-many-requests", "daily-limit"), ("Retry-After",)),
    431: ("The headers are too large", ("header-too-large",), ()),
    500: ("Something broke on our side", ("internal-error",), ()),
    503: ("Nothing was sent", ("unavailable", "ledger-unavailable"), ("Retry-After",)),
}


def of(answer: type[Schema], example: Mapping[str, Any], *, missing: bool) -> dict[int, Any]:
    """The answers of an operation by status; 404 only where a record can be `missing`."""
    body = {"application/json": {"schema": answer, "example": example}}
    found = {"description": "What was asked for", "headers": _refer("Request-Id"), "content": body}
    return {200: found} | _refused(missing)


def done(*, missing: bool) -> dict[int, Any]:
    """The answers of an operation that has nothing to say when it is done."""
    found = {"description": "It is done", "headers": _refer("Request-Id")}
    return {204: found} | _refused(missing)


def add_components(spec: APISpec) -> None:
    """Put into the document's components what `of` refers to. Their examples name the platform's own address."""
    for name, (kind, said) in _HEADERS.items():
        spec.components.header(name, {"description": said, "schema": {"type": kind}})
    for status, (description, slugs, also) in _PROBLEMS.items():
        examples = {slug: {"value": Problem(slug, TYPES[slug].advice).document(REQUEST_ID)} for slug in slugs}
        body = {"application/problem+json": {"schema": ProblemSchema, "examples": examples}}
        spec.components.response(
            _name(status), {"description": description, "headers": _refer("Request-Id", *also), "content": body}
        )


def _refused(missing: bool) -> dict[int, Any]:
    refused = [status for status in _PROBLEMS if status != 404 or missing]
    return {status: {"$ref": f"#/components/responses/{_name(status)}"} for status in refused}


def _refer(*headers: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in headers}


def _name(status: int) -> str:
    return HTTPStatus(status).phrase.replace(" ", "")
