"""What holds for every request to the token endpoint (checklist 30-34, 48-50)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from apps_registry import services as registry
from apps_registry import steps
from apps_registry.lifecycle import Party
from connect.core import actor, database, ids, limits
from tests.oauth.flow import FORM, Flow, basic
from tests.oauth.look import everything
from tests.support import world


def _raw(
    flow: Flow, body: bytes, content_type: str = FORM, headers: dict[str, str] | None = None, path: str = "/oauth/token"
) -> Any:
    sent = flow.client_auth if headers is None else headers
    return flow.app.test_client().post(path, data=body, content_type=content_type, headers=sent)


def test_30_the_body_is_a_posted_form(flow: Flow) -> None:
    client = flow.app.test_client()
    assert client.get("/oauth/token").status_code == 405
    assert client.put("/oauth/token").status_code == 405
    for content_type in (
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        f"{FORM}; charset=latin1",
        "",
    ):
        answer = _raw(flow, b"grant_type=client_credentials", content_type)
        assert (answer.status_code, answer.json["error"]) == (415, "invalid_request"), content_type
    assert _raw(flow, b"grant_type=client_credentials", f"{FORM}; charset=UTF-8").status_code == 200


def test_30_parameters_in_the_query_do_not_count(flow: Flow) -> None:
    """Trap T10: Authlib reads grant_type and client credentials from the query too."""
    world, client = flow.world, flow.app.test_client()
    answer = client.post("/oauth/token?grant_type=client_credentials", data={"x": "y"}, headers=flow.client_auth)
    assert answer.json["error"] == "invalid_request"
    address = f"/oauth/token?client_id={world.client_id}&client_secret={world.client_secret}"
    assert client.post(address, data={"grant_type": "client_credentials"}).json["error"] == "invalid_client"


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/par"])
def test_31_no_answer_of_an_endpoint_for_clients_is_ever_cached(flow: Flow, path: str) -> None:
    form = {"grant_type": "client_credentials", "token": "x"}
    for headers in (flow.client_auth, basic(flow.world.client_id, "wrong"), {}):
        assert flow.post(path, form, headers).headers["Cache-Control"] == "no-store"
    assert flow.app.test_client().get(path).headers["Cache-Control"] == "no-store"


def test_31_nothing_is_ever_cached(flow: Flow) -> None:
    for answer in (flow.alone(), flow.alone(scope="nothing:read"), flow.alone(headers={}), flow.alone(grant_type=None)):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.mimetype == "application/json"


def test_32_errors_have_their_exact_codes(flow: Flow) -> None:
    assert flow.alone(grant_type=None).json["error"] == "invalid_request"
    assert flow.alone(grant_type="magic").json["error"] == "unsupported_grant_type"
    assert flow.exchange(None).json["error"] == "invalid_request"
    assert flow.exchange("vtc_nothing").json["error"] == "invalid_grant"
    assert flow.refresh(None).json["error"] == "invalid_request"
    assert flow.refresh("vtr_nothing").json["error"] == "invalid_grant"
    assert flow.alone(scope="call_log:read").json["error"] == "invalid_scope"


def test_32_a_basic_header_that_fails_is_401_with_a_challenge(flow: Flow) -> None:
    failed = flow.alone(headers=basic(flow.world.client_id, "wrong"))
    assert failed.status_code == 401
    assert failed.json["error"] == "invalid_client"
    assert failed.headers["WWW-Authenticate"].startswith("Basic realm=")
    in_body = flow.alone(headers={}, client_id=flow.world.client_id, client_secret="wrong")
    assert (in_body.status_code, in_body.json["error"]) == (400, "invalid_client")


def test_33_two_ways_to_authenticate_in_one_request_are_refused(flow: Flow, other: Flow) -> None:
    """Trap T10: Authlib takes the credentials of two clients in one request."""
    own, theirs = flow.world, other.world
    for client_id, secret in ((own.client_id, own.client_secret), (theirs.client_id, theirs.client_secret)):
        answer = flow.alone(client_id=client_id, client_secret=secret)
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")
    assert flow.alone(client_id=theirs.client_id).json["error"] == "invalid_request"
    assert flow.alone(client_id=own.client_id).status_code == 200  # the same client named twice is one way


def test_33_a_parameter_that_comes_twice_is_refused(flow: Flow) -> None:
    body = b"grant_type=client_credentials&grant_type=authorization_code"
    assert _raw(flow, body).json["error"] == "invalid_request"


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/par"])
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_34_an_unknown_client_and_a_bad_secret_are_one_answer(
    flow: Flow, count_queries: Any, path: str, method: str
) -> None:
    answers, statements = [], []
    for client_id in (flow.world.client_id, "app_nobody"):
        headers, form = basic(client_id, "vts_wrong"), {"grant_type": "client_credentials", "token": "x"}
        if method == "client_secret_post":
            headers, form = {}, form | {"client_id": client_id, "client_secret": "vts_wrong"}
        with count_queries() as queries:
            answers.append(flow.post(path, form, headers))
        statements.append(list(queries))
    known, unknown = answers
    assert known.json["error"] == "invalid_client"
    assert known.status_code == unknown.status_code == (401 if headers else 400)
    assert known.data == unknown.data and _told(known) == _told(unknown)
    assert statements[0] == statements[1]  # the same work in the database, so the same time


def _told(answer: Any) -> dict[str, str]:
    """The headers that say something of the answer itself."""
    return {name: value for name, value in answer.headers if name != "Request-Id"}


def test_34_a_client_without_a_secret_is_not_told_apart_either(public: Flow) -> None:
    known = public.alone(headers=basic(public.world.client_id, "vts_wrong"))
    unknown = public.alone(headers=basic("app_nobody", "vts_wrong"), client_id="app_nobody")
    assert (known.status_code, known.json) == (unknown.status_code, unknown.json)


def test_a_confidential_client_cannot_pass_as_a_public_one(flow: Flow) -> None:
    code = flow.code()
    assert flow.exchange(code, headers={}, client_id=flow.world.client_id).json["error"] == "invalid_client"
    assert flow.exchange(code).status_code == 200


def test_a_client_with_a_secret_may_send_it_in_the_body(flow: Flow) -> None:
    answer = flow.alone(headers={}, client_id=flow.world.client_id, client_secret=flow.world.client_secret)
    assert answer.status_code == 200


def test_a_plus_in_a_basic_header_is_decoded_as_a_form(flow: Flow) -> None:
    """RFC 6749 2.3.1; trap T10: Authlib leaves `+` as it is."""
    client_id = "app+with spaces+"
    with database.unit_of_work() as session:
        session.execute(
            text("UPDATE app SET client_id = :new WHERE client_id = :old"),
            {"new": client_id, "old": flow.world.client_id},
        )
    encoded = client_id.replace("+", "%2B").replace(" ", "+")
    pair = base64.b64encode(f"{encoded}:{flow.world.client_secret}".encode()).decode()
    assert flow.alone(headers={"Authorization": f"Basic {pair}"}).status_code == 200


BROKEN_HEADERS = [
    "Basic",
    "Basic ",
    "Basic !!!",
    "Basic " + base64.b64encode(b"no colon").decode(),
    "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
    "Basic " + base64.b64encode(b"app_%ff:%ff").decode(),
    "Basic " + base64.b64encode(b"app_%00:%00").decode(),
    "Basic " + base64.b64encode("app_é:é".encode()).decode(),
    "Bearer vta_x",
    "Digest x",
    "",
    "\x7f",
]


def test_a_broken_authorization_header_is_invalid_client_and_never_a_500(flow: Flow, public: Flow) -> None:
    """Trap T8: Authlib answers 500 to invalid UTF-8, to a non-ASCII secret, and to a secret for a client that has none."""
    for header in BROKEN_HEADERS:
        answer = flow.alone(headers={"Authorization": header})
        assert (answer.status_code, answer.json["error"]) == (401, "invalid_client"), header
    for secret in ("é", "a" * 5000, "😀"):
        assert flow.alone(headers=basic(public.world.client_id, secret)).status_code == 401
        assert flow.alone(headers={}, client_id=public.world.client_id, client_secret=secret).status_code == 400


BROKEN_BODIES = [b"\xff\xfe=\xff", b"a=%ff", b"grant_type=%00", b"a=b&" * 100, b"%", b"=", b"&", b"\x00"]


def test_a_broken_body_is_invalid_request(flow: Flow) -> None:
    for body in BROKEN_BODIES:
        answer = _raw(flow, body)
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_request"), body


def test_a_body_that_is_too_large_is_refused_before_it_is_read(flow: Flow) -> None:
    answer = _raw(flow, b"grant_type=" + b"x" * 70_000)
    assert (answer.status_code, answer.json["error"]) == (413, "invalid_request")


def test_plain_http_behind_a_proxy_is_not_taken_for_a_fault(flow: Flow) -> None:
    """Trap T9: behind a proxy that ends TLS, Authlib's request raises for the address it sees."""
    form = {"grant_type": "client_credentials"}
    answer = flow.app.test_client().post(
        "/oauth/token", base_url="http://connect.test", data=form, headers=flow.client_auth
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("grant_type", ["password", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer"])
def test_48_grants_that_are_not_ours_are_unsupported(flow: Flow, grant_type: str) -> None:
    answer = flow.alone(grant_type=grant_type, username="asha", password="secret")
    assert answer.json["error"] == "unsupported_grant_type"


def test_49_tokens_have_256_bits_and_rest_as_their_hash(flow: Flow, capsys: pytest.CaptureFixture[str]) -> None:
    code = flow.code()
    said = flow.exchange(code).json
    for token, prefix in ((code, "vtc"), (said["access_token"], "vta"), (said["refresh_token"], "vtr")):
        assert ids.is_token(prefix, token)
        assert len(token) - len("vta_") - 6 >= 43  # base64url of 32 bytes
    kept, printed = str(everything()), capsys.readouterr().out
    for secret in (code, said["access_token"], said["refresh_token"], str(flow.world.client_secret)):
        assert secret not in kept and secret not in printed


class TestRate:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"token_rate": "3/minute"}

    def test_token_requests_of_a_client_and_address_are_limited(self, app: Flask) -> None:
        limits.reset()
        flow = Flow(app, world.make())
        assert [flow.alone().status_code for _ in range(4)] == [200, 200, 200, 429]


def test_a_rotated_secret_works_beside_the_new_one(flow: Flow) -> None:
    with database.unit_of_work() as session:
        new = registry.rotate_secret(session, flow.world.app_id, actor.SYSTEM).secret
    assert flow.alone().status_code == 200
    assert flow.alone(headers=basic(flow.world.client_id, new)).status_code == 200


def test_a_suspended_app_is_told_so_only_when_it_proves_who_it_is(flow: Flow) -> None:
    with database.unit_of_work() as session:
        steps.suspend(session, flow.world.app_id, "It misled customers.", actor.SYSTEM, Party.REVIEWER)
    assert flow.alone().json["error"] == "unauthorized_client"
    assert flow.alone(headers=basic(flow.world.client_id, "wrong")).json["error"] == "invalid_client"


def test_scripts_of_other_origins_may_use_the_token_endpoint_without_cookies(flow: Flow) -> None:
    answer = flow.alone()
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    preflight = flow.app.test_client().options("/oauth/token")
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in flow.app.test_client().options("/oauth/introspect").headers
