"""What arrives at an OAuth endpoint, checked once before Authlib reads it (traps T8, T9, T10).

The body or the query must be a form in UTF-8, of a bounded size, with each parameter once; a parameter without a value counts as not
sent (RFC 6749 3.1, 3.2). Anything else is an OAuth error, never a 500.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl
from uuid import UUID

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from flask import Request
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers

from apps_registry.clients import LiveSecret
from connect.core import clock, settings, web
from connect.oauth.dpop import Proof
from connect.oauth.errors import BodyTooLarge, UnsupportedMediaType

_FORM = "application/x-www-form-urlencoded"
_MOST_PARAMETERS = 64
_MAY_REPEAT = frozenset({"resource"})  # RFC 8707 2


class OAuthRequest(OAuth2Request):
    """A request as Authlib wants it, bound to nothing of Flask, so that the writer's thread can answer it too.

    `repeated` names parameters that came more than once (their last value is kept). `session` is set while the request is answered
    inside a transaction; `now` is when it came. `resources` are the values of the parameter `resource` (RFC 8707 2).
    """

    session: Session
    secret: LiveSecret | None = None  # the client's secret that came with it
    proof: Proof | None = None  # its DPoP proof, once it was checked
    audience: str | None = None  # what its tokens will be for, once that was checked

    def __init__(
        self,
        parameters: Mapping[str, str],
        headers: Mapping[str, str] | Headers | None = None,
        *,
        method: str = "POST",
        repeated: frozenset[str] = frozenset(),
        resources: tuple[str, ...] = (),
        path: str = "",
        address: str = "",
        request_id: str = "",
        now: datetime | None = None,
    ) -> None:
        # Whether plain http may be used is decided by the settings at start; Authlib would guess it from the address (trap T9).
        super().__init__(method, f"https://{settings.current().host}/oauth", headers=headers or {})
        self.payload = BasicOAuth2Payload(dict(parameters))
        self.repeated, self.resources = repeated, resources
        self.path = path
        self.address = address
        self.request_id = request_id
        self.now = now or clock.now()

    @property
    def form(self) -> dict[str, str]:
        """The parameters; they never come from body and query together."""
        form: dict[str, str] = self.payload.data
        return form

    @property
    def jkt(self) -> str | None:
        """The thumbprint of the key that its proof is of."""
        return None if self.proof is None else self.proof.jkt

    @property
    def args(self) -> dict[str, str]:
        return {}


class StoredRequest(OAuthRequest):
    """An authorization request out of its row: checked when it was stored, and the same at approval as when it was shown (trap T18)."""

    def __init__(
        self,
        row_id: UUID,
        app_id: UUID,
        parameters: Mapping[str, str],
        session: Session,
        asked_at: datetime | None = None,
    ) -> None:
        super().__init__(parameters, method="GET", now=asked_at)
        self.row_id, self.app_id, self.session = row_id, app_id, session


def posted(request: Request) -> OAuthRequest:
    """The request to an endpoint that takes a form in the body. Its query is not read. Raises InvalidRequestError and the two above."""
    if request.mimetype != _FORM or request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType(f"The body must be {_FORM} in UTF-8.")
    limit = settings.current().oauth_body_limit
    if (request.content_length or 0) > limit:
        raise BodyTooLarge(f"The body may have {limit} bytes.")
    request.max_content_length = limit  # for a body without a length
    parameters, repeated, resources = _parse(request.get_data(cache=False))
    if repeated:
        raise InvalidRequestError("A parameter is there twice.")
    return OAuthRequest(
        parameters,
        request.headers,
        resources=resources,
        path=request.path,
        address=request.remote_addr or "",
        request_id=web.request_id(),
    )


def asked(request: Request) -> OAuthRequest:
    """The request to the authorization endpoint, whose parameters are its query. Which may not be repeated is for rules.py to say."""
    parameters, repeated, resources = _parse(request.query_string)
    return OAuthRequest(
        parameters,
        method="GET",
        repeated=repeated,
        resources=resources,
        address=request.remote_addr or "",
        request_id=web.request_id(),
    )


def _parse(raw: bytes) -> tuple[dict[str, str], frozenset[str], tuple[str, ...]]:
    """The parameters that have a value, the names that came more than once and may not, and all values of `resource`."""
    try:
        pairs = parse_qsl(
            raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS, separator="&"
        )
    except ValueError as error:
        raise InvalidRequestError(
            f"The parameters must be a form in UTF-8, at most {_MOST_PARAMETERS} of them."
        ) from error
    if any("\x00" in text for pair in pairs for text in pair):
        raise InvalidRequestError("A parameter holds a NUL character.")
    times = Counter(name for name, _ in pairs)
    repeated = frozenset(name for name in times if times[name] > 1)
    resources = tuple(value for name, value in pairs if name == "resource" and value)
    return {name: value for name, value in pairs if value}, repeated - _MAY_REPEAT, resources


def required(request: OAuthRequest, name: str) -> str:
    """A parameter that must be there. Raises InvalidRequestError."""
    value = request.form.get(name)
    if value is None:
        raise InvalidRequestError(f"The parameter {name} is missing.")
    return value
