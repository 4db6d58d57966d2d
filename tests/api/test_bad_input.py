"""Whatever a caller sends wrongly: a 4xx problem that names what is wrong and what would be right, before anything is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from connect.core import database, settings
from connect.grants import services as grants
from tests.api.conftest import EVERYTHING, Api, problem
from tests.support import world
from tests.support.entries import entries
from tests.support.world import World

CALL = "/v1/calls/call_06k3w9d7m4c1z8t5q2h9x6b3ae"
NUMBER = "num_06k3vzq1f8rkw0e4c2d7n9m5xs"

# query -> the parameter that is named, and words of what would be right
WRONG = {
    # wrong type
    "limit=many": ("limit", "must be a whole number from 1 to 100"),
    "limit=5.0": ("limit", "must be a whole number from 1 to 100"),
    "limit=%205": ("limit", "must be a whole number from 1 to 100"),
    "limit=1_0": ("limit", "must be a whole number from 1 to 100"),
    "limit=%E0%A5%AB": ("limit", "must be a whole number from 1 to 100"),  # a five in Devanagari
    "limit=": ("limit", "must be a whole number from 1 to 100"),
    "status=lost": ("status", "Must be one of: answered, missed"),
    "direction=in": ("direction", "Must be one of: inbound, outbound"),
    "number_id=42": ("number_id", "an id here starts with num_"),
    "number_id=dep_06k3vzq1f8rkw0e4c2d7n9m5xs": ("number_id", "an id here starts with num_"),
    f"number_id={NUMBER}%0A": ("number_id", "an id here starts with num_"),
    "number_id=num_zzzzzzzzzzzzzzzzzzzzzzzzzz": ("number_id", "the id is too large"),
    "department_id=dep_IIIIIIIIIIIIIIIIIIIIIIIIII": ("department_id", "does not occur in an id"),
    "agent_id=": ("agent_id", "an id here starts with usr_"),
    "caller=9812345678": ("caller", "E.164, such as +919812345678"),
    "caller=+919812345678": ("caller", "%2B919812345678"),  # a plus in an address is a space
    "caller=%2B919812345678%0A": ("caller", "E.164, such as +919812345678"),
    # limits
    "limit=0": ("limit", "must be a whole number from 1 to 100"),
    "limit=-1": ("limit", "must be a whole number from 1 to 100"),
    "limit=101": ("limit", "must be a whole number from 1 to 100"),
    "limit=1000000000": ("limit", "must be a whole number from 1 to 100"),
    f"limit={'9' * 5000}": ("limit", "must be a whole number from 1 to 100"),
    # times
    "started_after=2026-02-30T00:00:00Z": ("started_after", "must be a time with its zone, such as"),
    "started_after=2026-11-25T25:00:00Z": ("started_after", "must be a time with its zone, such as"),
    "started_after=2026-11-25T10:00:00": ("started_after", "must be a time with its zone, such as"),
    "started_before=2026-11-25": ("started_before", "must be a time with its zone, such as"),
    "updated_since=yesterday": ("updated_since", "must be a time with its zone, such as"),
    "updated_since=9999-12-31T23:59:59-12:00": ("updated_since", "must be a time with its zone, such as"),
    "started_after=2026-11-25T10:00:00Z&started_before=2026-11-25T10:00:00Z": ("started_before", "must lie after started_after"),
    # fields
    "fields=id,colour": ("fields", "unknown: 'colour'; there are id, session_id"),
    "fields=id,id": ("fields", "names a field more than once"),
    "fields=": ("fields", "unknown: ''; there are id"),
    "fields=id,": ("fields", "unknown: ''; there are id"),
    "fields=legs": ("fields", "unknown: 'legs'"),  # of one call only
    # unknown and repeated parameters
    "page=2": ("page", "is no parameter here; there are agent_id, caller, cursor, department_id, direction, fields"),
    "Limit=5": ("Limit", "is no parameter here"),
    "limit=5&limit=5": ("limit", "is given more than once; give it once"),
    "cursor=a&limit=1&cursor=b": ("cursor", "is given more than once; give it once"),
    "access_token=vta_x": ("access_token", "is no parameter here"),
    # text
    "status=%00": ("status", "holds a NUL character"),
    "status=%FF": ("status", "not valid UTF-8"),
    "status=%ED%A0%80": ("status", "not valid UTF-8"),  # half of a surrogate pair
    "%FF=1": ("query", "not valid UTF-8"),
    "status=%C0%80": ("status", "not valid UTF-8"),  # an overlong NUL
}  # fmt: skip


def test_a_wrong_parameter_is_named_with_what_would_be_right(api: Api, subtests: pytest.Subtests) -> None:
    for query, (field, words) in WRONG.items():
        with subtests.test(query=query[:80]):
            said = problem(api.get(f"/v1/calls?{query}"), "invalid-parameter", 400)
            (error,) = said["errors"]
            assert error["field"] == field and words in error["message"]
            assert f"{field}: {error['message']}" == said["detail"]
    assert not entries(type="disclosure")


def test_every_wrong_parameter_is_named(api: Api) -> None:
    said = problem(api.get("/v1/calls?limit=0&status=lost&page=2"), "invalid-parameter", 400)
    assert {error["field"] for error in said["errors"]} == {"limit", "status", "page"}


def raw(api: Api, query: bytes = b"", path: bytes = b"/v1/calls") -> Response:
    """The answer to a request whose bytes are not escaped, as a server hands them on."""
    headers = {"Authorization": f"Bearer {api.token}"}
    environ = EnvironBuilder(base_url=settings.current().base_url, headers=headers).get_environ()
    environ |= {"PATH_INFO": path.decode("latin-1"), "QUERY_STRING": query.decode("latin-1")}
    return Response.from_app(api.app.wsgi_app, environ, buffered=True)


RAW = [
    (b"status=\xff", b"/v1/calls", "status"),
    (b"status=\x00", b"/v1/calls", "status"),
    (b"\xe0\xa5=1", b"/v1/calls", "query"),
    (b"", b"/v1/calls/\xff", "path"),
    (b"", b"/v1/calls/call_\x00", "path"),
    (b"", b"/v1/\xed\xa0\x80", "path"),
]


def test_bytes_that_are_no_text_are_refused(api: Api, subtests: pytest.Subtests) -> None:
    for query, path, field in RAW:
        with subtests.test(query=query, path=path):
            (error,) = problem(raw(api, query, path), "invalid-parameter", 400)["errors"]
            assert error["field"] == field
    assert raw(api, path=b"/\xff").status_code == 400  # a page


ELSEWHERE = [
    ("/v1/calls/42", "call_id", "an id here starts with call_"),
    ("/v1/calls/num_06k3vzq1f8rkw0e4c2d7n9m5xs", "call_id", "an id here starts with call_"),
    ("/v1/calls/call_zzzzzzzzzzzzzzzzzzzzzzzzzz", "call_id", "the id is too large"),
    ("/v1/calls/call_06k3w9d7m4c1z8t5q2h9x6b3a%0A", "call_id", "does not occur in an id"),
    (f"{CALL}?fields=id,colour", "fields", "unknown: 'colour'"),
    (f"{CALL}?limit=5", "limit", "is no parameter here; there are fields"),
    ("/v1/grant?fields=id", "fields", "is no parameter here; this operation has none"),
    ("/v1/numbers?status=answered", "status", "is no parameter here; there are cursor, fields, limit"),
]


def test_paths_and_other_operations_say_it_too(api: Api, subtests: pytest.Subtests) -> None:
    for path, field, words in ELSEWHERE:
        with subtests.test(path=path):
            (error,) = problem(api.get(path), "invalid-parameter", 400)["errors"]
            assert error["field"] == field and words in error["message"]


# Cursors


@pytest.fixture
def cursor(api: Api) -> str:
    return str(api.get("/v1/calls", limit=2).get_json()["page"]["next"])


def _another_account(api: Api) -> Api:
    other = world.make(calls=5, name="Other Traders")
    grant = world.give(other)
    return Api(api.app, other, grant, world.token(other, grant))


def _another_grant(api: Api) -> Api:
    """The same account and app, after the first grant ended."""
    with database.unit_of_work() as session:
        grants.revoke(session, api.world.account_id, api.grant.id, api.world.actor)
    grant = world.give(api.world, EVERYTHING)
    return Api(api.app, api.world, grant, world.token(api.world, grant))


@pytest.mark.parametrize("other", [_another_account, _another_grant])
def test_a_cursor_does_not_fit_elsewhere(api: Api, cursor: str, other: Callable[[Api], Api]) -> None:
    said = problem(other(api).get("/v1/calls", cursor=cursor), "invalid-cursor", 400)
    assert said["errors"][0]["field"] == "cursor" and "take `page.next`" in said["detail"]


def test_a_cursor_does_not_fit_other_filters_or_another_list(api: Api, cursor: str, subtests: pytest.Subtests) -> None:
    asked = (
        "calls?status=answered",
        "calls?updated_since=2026-01-01T00:00:00Z",
        "calls?direction=inbound&limit=2",
        "numbers?limit=2",
    )
    for query in asked:
        with subtests.test(query=query):
            problem(api.get(f"/v1/{query}&cursor={cursor}"), "invalid-cursor", 400)


def test_a_cursor_that_was_tampered_with_is_refused(api: Api, cursor: str, subtests: pytest.Subtests) -> None:
    for tampered in (
        cursor[:-1],
        f"{cursor}A",
        cursor[::-1],
        f"{cursor[:9]}_{cursor[10:]}x",
        "nonsense",
        "%C3%A9",
        "====",
        "+/",
    ):
        with subtests.test(cursor=tampered):
            problem(api.get(f"/v1/calls?cursor={tampered}"), "invalid-cursor", 400)
    assert api.get("/v1/calls", cursor=cursor).status_code == 200


def test_what_cannot_be_a_cursor_is_a_wrong_parameter(api: Api) -> None:
    for text in ("", "x" * 201):
        (error,) = problem(api.get(f"/v1/calls?cursor={text}"), "invalid-parameter", 400)["errors"]
        assert error["field"] == "cursor"


# The request as a whole


def test_headers_of_a_megabyte_are_refused(api: Api) -> None:
    problem(api.send("GET", "/v1/calls", headers={"X-Long": "x" * 1_000_000}), "header-too-large", 431)


def test_an_authorization_header_that_is_no_token_of_ours_is_401(api: Api, subtests: pytest.Subtests) -> None:
    for value in (
        "",
        "Bearer",
        "Bearer ",
        "Basic dTpw",
        "Bearer \xff",
        "Bearer vta_nonsense",
        "vta_x",
        "Bearer a b",
        f"Basic {api.token}",
    ):
        with subtests.test(authorization=value):
            problem(api.client.get("/v1/calls", headers={"Authorization": value}), "not-authenticated", 401)


def test_a_token_in_the_address_is_not_looked_at(api: Api) -> None:
    problem(api.client.get(f"/v1/calls?access_token={api.token}"), "not-authenticated", 401)


def test_another_host_is_not_served(api: Api, subtests: pytest.Subtests) -> None:
    for host in (
        "evil.example",
        "connect.test.evil.example",
        "connect.test:8080",
        "a b",
        "[::1",
        "connect.test,evil.example",
    ):
        with subtests.test(host=host):
            problem(api.send("GET", "/v1/calls", headers={"Host": host}), "not-found", 404)


def test_a_method_that_is_not_there_is_405_with_those_that_are(api: Api, subtests: pytest.Subtests) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"):
        with subtests.test(method=method):
            answer = api.send(method, "/v1/calls")
            problem(answer, "method-not-allowed", 405)
            assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_an_address_that_is_not_there_is_404(api: Api, subtests: pytest.Subtests) -> None:
    for path in ("/v1/", "/v1/call", "/v1/calls/", f"{CALL}/legs", "/v1/CALLS"):
        with subtests.test(path=path):
            problem(api.get(path), "not-found", 404)


def test_limits_on_requests_answer_429_with_the_wait(there: World, app: Flask, limited: None) -> None:
    grant = world.give(there)
    api = Api(app, there, grant, world.token(there, grant))
    assert [api.get("/v1/grant").status_code for _ in range(2)] == [200, 200]
    answer = api.get("/v1/grant")
    problem(answer, "too-many-requests", 429)
    assert 0 < int(answer.headers["Retry-After"]) <= 61


@pytest.fixture
def limited(there: World) -> Iterator[None]:
    before = settings.current()
    settings.activate(replace(before, api_rate="2/minute"))
    yield
    settings.activate(before)
