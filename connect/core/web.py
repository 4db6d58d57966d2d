"""What every request passes: the right Host, a request id, sane input, security headers, and an answer for every failure."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

import orjson
from flask import Flask, Response, g, request
from flask.json.provider import JSONProvider
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from connect.core import clock, ids, log, paths, settings
from connect.core.pages.errors import error_page
from connect.core.problems import Problem, field_errors, of_http

_HEADER_LIMIT = 16_384
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

logger = log.get("web")


class OrjsonProvider(JSONProvider):
    """Flask's JSON through orjson: times, UUIDs and dataclasses in one place."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj, option=orjson.OPT_UTC_Z).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)


def install(app: Flask) -> None:
    """Hook everything of this module into `app`."""
    config = settings.current()
    app.json = OrjsonProvider(app)
    app.config["MAX_CONTENT_LENGTH"] = config.body_limit
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(Problem, _answer)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(PoolTimeoutError, _database_error)
    app.register_error_handler(Exception, _unexpected)


def request_id() -> str:
    """This request's id, `req_…`, also on its answer and in its ledger entry."""
    return str(g.request_id)


def policy(*, form_action: str | None) -> str:
    """The Content-Security-Policy of a page whose forms may lead to `form_action`; None: anywhere."""
    return _POLICY if form_action is None else f"{_POLICY}; form-action {form_action}"


def _begin() -> None:
    g.request_id = ids.encode("req", ids.new())
    g.started = clock.monotonic()
    if request.host != settings.current().host:
        raise Problem("not-found", "No site of this name is served here.")
    if sum(len(name) + len(value) for name, value in request.headers) > _HEADER_LIMIT:
        raise Problem("header-too-large", f"All headers together may have {_HEADER_LIMIT} bytes.")
    _check_text(request.environ.get("PATH_INFO", "").encode("latin-1"), "path")
    _check_query(request.query_string)


def _check_query(query: bytes) -> None:
    """Refuse names and values that are no UTF-8, which werkzeug would hand on in %-escapes, or that hold a NUL."""
    if query.isascii() and b"%" not in query and b"\x00" not in query:
        return
    for part in query.split(b"&"):
        name, _, value = part.partition(b"=")
        named = _check_text(unquote_to_bytes(name), "query")
        _check_text(unquote_to_bytes(value), named)


def _check_text(raw: bytes, name: str) -> str:
    """The text of `raw`. Raises a problem that names `name`."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise field_errors("invalid-parameter", {name: ["not valid UTF-8"]}) from error
    if "\x00" in text:
        raise field_errors("invalid-parameter", {name: ["holds a NUL character; leave it out"]})
    return text


def _finish(response: Response) -> Response:
    if "request_id" in g:
        response.headers["Request-Id"] = g.request_id
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    # Pages whose forms lead out carry no form-action: Chromium checks the whole redirect chain and would block the way to the app.
    headers.setdefault("Content-Security-Policy", policy(form_action=None if paths.leads_out() else "'self'"))
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if not request.path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")
    if settings.current().https:
        headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    return response


def _http_error(error: HTTPException) -> Any:
    """werkzeug's exceptions; those without a code (a redirect of its own) are answers already."""
    return _answer(of_http(error)) if error.code and error.code >= 400 else error


def _answer(problem: Problem) -> Response:
    if paths.of_a_machine():
        body = orjson.dumps(problem.document(g.get("request_id")))
        return Response(body, problem.status, {**problem.headers, "Content-Type": "application/problem+json"})
    page = error_page(problem.status, g.get("request_id", ""), problem.detail)
    page.headers.extend(problem.headers)
    return page


def _database_error(error: DBAPIError | PoolTimeoutError) -> Any:
    if isinstance(error, DBAPIError) and not isinstance(error, OperationalError) and not error.connection_invalidated:
        return _unexpected(error)
    logger.error("database unavailable", error=type(error).__name__, route=request.path)
    return _answer(
        Problem(
            "unavailable", "The database did not answer; nothing was changed. Try again.", headers={"Retry-After": "5"}
        )
    )


def _unexpected(error: Exception) -> Any:
    logger.error(
        "unexpected",
        error=type(error).__name__,
        route=str(request.url_rule),
        request_id=g.get("request_id"),
        exc_info=True,
    )
    if settings.current().mode == "development" and request.environ.get("connect.raise"):
        raise error
    return _answer(Problem("internal-error", "Please report this with the request id."))
