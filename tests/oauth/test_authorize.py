"""The authorization endpoint. The numbers are those of the checklist in docs/contributor/authorization-server.md."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

import pytest
from flask import Flask

from apps_registry import services as registry
from apps_registry import steps
from apps_registry.errors import RegistryError
from apps_registry.lifecycle import Party
from connect.core import actor, database, settings
from connect.oauth import requests, rules
from tests.oauth.flow import CHALLENGE, VERIFIER, Flow, query
from tests.support import world
from tests.support.world import REDIRECT_URI


def told(flow: Flow, error: str, **changes: str | None) -> dict[str, str]:
    """The answer that the app gets by redirect."""
    answer = flow.ask(**changes)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert answer.location.startswith(f"{REDIRECT_URI}?")
    said = query(answer.location)
    assert said["error"] == error
    assert said["iss"] == settings.current().base_url
    return said


def shown(flow: Flow, **changes: str | None) -> str:
    """The page that the person gets in place of a redirect."""
    answer = flow.ask(**changes)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert answer.mimetype == "text/html"
    return answer.get_data(as_text=True)


def test_01_an_unknown_client_is_a_page_and_no_redirect(flow: Flow) -> None:
    assert "registered here" in shown(flow, client_id="app_nobody")
    assert "which app" in shown(flow, client_id=None)


def test_02_an_unregistered_redirect_uri_is_a_page_and_no_redirect(flow: Flow) -> None:
    assert "Neem CRM" in shown(flow, redirect_uri="https://evil.example/callback")
    assert "Neem CRM" in shown(flow, redirect_uri=None)


VARIANTS = [
    "https://CRM.example/callback",
    "https://crm.example/Callback",
    "https://crm.example/callback/",
    "https://crm.example/callback?",
    "https://crm.example/callback?a=1",
    "https://crm.example:443/callback",
    "https://crm.example:8443/callback",
    "https://user@crm.example/callback",
    "https://crm.example@evil.example/callback",
    "https://crm.example.evil.example/callback",
    "https://crm.example/%63allback",
    "https://crm.example/x/../callback",
    "https://crm.example/x/%2e%2e/callback",
    "https://crm.example//callback",
    "https://crm.example/callback#part",
    "https://crm.example\\callback",
    " https://crm.example/callback",
    "http://crm.example/callback",
    "//crm.example/callback",
    "/callback",
    "javascript:alert(1)",
    "data:text/html,hello",
]


def test_03_a_variant_of_a_registered_redirect_uri_is_refused(flow: Flow) -> None:
    for variant in VARIANTS:
        shown(flow, redirect_uri=variant)


class TestNative:
    """Redirect URIs of an installed app (RFC 8252)."""

    @pytest.fixture
    def native(self, app: Flask) -> Flow:
        made = world.make(kind="native")
        uris = ("http://127.0.0.1/cb", "http://[::1]:4000/cb", "com.example.neem:/cb", "com.example.neem:///cb2")
        with database.unit_of_work() as session:
            registry.set_redirect_uris(session, made.app_id, uris, actor.SYSTEM)
        return Flow(app, made)

    @pytest.mark.parametrize("uri", ["http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", "http://[::1]:51004/cb"])
    def test_04_on_loopback_any_port_will_do(self, native: Flow, uri: str) -> None:
        native.redirect_uri = uri
        answer = native.allow(native.request_id())
        assert answer.startswith(f"{uri}?code=")
        assert native.exchange(query(answer)["code"]).status_code == 200

    @pytest.mark.parametrize(
        "uri",
        [
            "http://127.0.0.1:51004/cb2",
            "http://127.0.0.2:51004/cb",
            "http://localhost:51004/cb",
            "https://127.0.0.1/cb",
        ],
    )
    def test_04_on_loopback_host_path_and_scheme_are_exact(self, native: Flow, uri: str) -> None:
        assert native.ask(redirect_uri=uri).status_code == 400

    @pytest.mark.parametrize("uri", ["com.example.neem:/cb", "com.example.neem:///cb2"])
    def test_05_an_answer_keeps_a_private_scheme_byte_for_byte(self, native: Flow, uri: str) -> None:
        native.redirect_uri = uri
        assert native.allow(native.request_id()).startswith(f"{uri}?code=")

    def test_04_the_port_of_the_request_is_the_one_the_code_is_bound_to(self, native: Flow) -> None:
        native.redirect_uri = "http://127.0.0.1:51004/cb"
        code = native.code()
        assert native.exchange(code, redirect_uri="http://127.0.0.1:51005/cb").json["error"] == "invalid_grant"


NEVER = [
    "myapp:/cb",
    "javascript:alert(1)",
    "https://*.example/cb",
    "https://crm.example/cb#x",
    "http://crm.example/cb",
]


def test_05_06_what_may_not_be_registered_cannot_be_asked_for(flow: Flow) -> None:
    for uri in NEVER:
        with database.unit_of_work() as session, pytest.raises(RegistryError, match="redirect_uris"):
            registry.set_redirect_uris(session, flow.world.app_id, (uri,), actor.SYSTEM)
        shown(flow, redirect_uri=uri)


def test_07_a_request_without_a_challenge_is_told_so(flow: Flow) -> None:
    assert "code_challenge" in told(flow, "invalid_request", code_challenge=None)["error_description"]


def test_08_only_s256_is_a_challenge_method(flow: Flow) -> None:
    for method in ("plain", "s256", "S512", None):
        told(flow, "invalid_request", code_challenge_method=method)


def test_09_a_malformed_challenge_is_refused(flow: Flow) -> None:
    short = CHALLENGE[:-1]
    for challenge in (short, CHALLENGE + "A", short + "=", short + "é", CHALLENGE + "\n"):
        told(flow, "invalid_request", code_challenge=challenge)


def test_10_a_response_type_other_than_code_is_refused(flow: Flow) -> None:
    for response_type in ("token", "id_token", "code token", "code id_token", "none", "Code", 'c"de'):
        told(flow, "unsupported_response_type", response_type=response_type)


def test_10_a_missing_response_type_is_an_invalid_request(flow: Flow) -> None:
    told(flow, "invalid_request", response_type=None)


def test_11_a_repeated_parameter_is_told_to_the_app(flow: Flow) -> None:
    for name in ("state", "scope", "response_type", "code_challenge", "unheard_of"):
        answer = flow.ask_raw(_good(flow) + f"&{name}=1&{name}=2")
        said = query(answer.location)
        assert (answer.status_code, said["error"]) == (303, "invalid_request"), name
        assert ("state" in said) == (name != "state")  # of two states neither is the one


def test_11_a_repeated_client_or_redirect_uri_is_a_page(flow: Flow) -> None:
    for name in ("client_id", "redirect_uri"):
        answer = flow.ask_raw(_good(flow) + f"&{name}=https://evil.example/")
        assert answer.status_code == 400, name
        assert "Location" not in answer.headers


def test_12_unknown_parameters_are_ignored(flow: Flow) -> None:
    flow.request_id(unheard_of="yes", nonce="n", claims="{}", login_hint="asha@example.com")


def test_13_iss_is_on_success_and_on_errors(flow: Flow) -> None:
    assert query(flow.allow(flow.request_id()))["iss"] == settings.current().base_url
    assert query(flow.refuse(flow.request_id()))["iss"] == settings.current().base_url
    assert told(flow, "invalid_scope", scope="nothing:read")["iss"] == settings.current().base_url


ODD_STATES = [
    "x" * 1500,
    "a+b c%20d&e=f;g",
    "ünïcode 状態",
    "\"quotes\" 'and' <tags>",
    "https://evil.example/?a=b#c",
    "\t tab",
]


def test_14_state_comes_back_as_it_was_sent(flow: Flow) -> None:
    for state in ODD_STATES:
        assert query(flow.allow(flow.request_id(state=state)))["state"] == state
        assert query(flow.refuse(flow.request_id(state=state)))["state"] == state
        assert told(flow, "invalid_scope", scope="nothing:read", state=state)["state"] == state


def test_14_state_is_absent_when_none_was_sent(flow: Flow) -> None:
    assert "state" not in query(flow.allow(flow.request_id(state=None)))
    assert "state" not in query(flow.refuse(flow.request_id(state=None)))
    assert "state" not in told(flow, "invalid_scope", scope="nothing:read", state=None)


def test_14_a_state_that_is_far_too_long_is_refused_and_not_sent_back(flow: Flow) -> None:
    assert "state" not in told(flow, "invalid_request", state="x" * (rules.LONGEST_STATE + 1))


def test_15_a_denial_is_access_denied(flow: Flow) -> None:
    assert query(flow.refuse(flow.request_id()))["error"] == "access_denied"


def test_16_redirects_are_303(flow: Flow) -> None:
    assert flow.ask().status_code == 303
    assert flow.ask(scope="nothing:read").status_code == 303


def test_17_the_endpoint_cannot_be_framed_read_by_other_origins_or_cached(flow: Flow) -> None:
    for answer in (flow.ask(), flow.ask(client_id="app_nobody")):
        headers = answer.headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "same-origin"
        assert not [name for name, _ in headers if name.startswith("Access-Control-")]


def test_17_the_way_back_to_an_app_tells_it_nothing_of_ours(flow: Flow) -> None:
    assert flow.ask(scope="nothing:read").headers["Referrer-Policy"] == "no-referrer"


ODD = ["\x00", '"', "\\", "é", "\u202e", "😀", "%", "%00", "' OR 1=1 --", "<script>", "\r\nSet-Cookie: a=b", "x" * 9000]


def test_18_odd_characters_anywhere_are_no_fault_of_the_server(flow: Flow) -> None:
    names = (
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
        "x",
    )
    for name in names:
        for odd in ODD:
            answer = flow.ask(**{name: odd})
            assert answer.status_code < 500, (name, odd, answer.get_data(as_text=True))
            assert "Set-Cookie" not in answer.headers


def test_18_a_query_that_is_no_form_is_a_page(flow: Flow) -> None:
    for raw in (b"client_id=%ff%fe", b"%", b"client_id", b"&&==&", b"a=" + b"b&a=" * 200, b"\xff\xfe=1"):
        assert flow.ask_raw(raw).status_code == 400, raw


def test_20_no_error_sends_anybody_to_an_address_that_is_not_registered(flow: Flow) -> None:
    for broken in ("scope", "response_type", "code_challenge", "code_challenge_method"):
        answer = flow.ask(redirect_uri="https://evil.example/", **{broken: "wrong"})
        assert answer.status_code == 400, broken
        assert "Location" not in answer.headers


def test_20_an_unsupported_response_type_of_nobody_is_no_open_redirect(flow: Flow) -> None:
    """CVE-2026-41479 of Authlib."""
    for client_id in (None, "app_nobody"):
        answer = flow.ask(client_id=client_id, response_type="token", redirect_uri="https://evil.example/")
        assert answer.status_code == 400
        assert "Location" not in answer.headers


NOT_SCOPES = [
    "nothing:read",
    "call_log:read nothing:read",
    "app:read",
    "ledger:read",
    "call_log:read  numbers:read",
    'call"log',
    None,
    "offline_access",
]


def test_21_an_unknown_scope_is_invalid_scope(flow: Flow) -> None:
    for scope in NOT_SCOPES:
        told(flow, "invalid_scope", scope=scope)


def test_21_a_scope_the_app_was_not_registered_for_is_invalid_scope(flow: Flow) -> None:
    said = told(flow, "invalid_scope", scope="call_log:read recordings.audio:read")
    assert "recordings.audio:read" in said["error_description"]


def test_21_the_granted_scope_is_always_returned(flow: Flow) -> None:
    assert flow.connect({"call_log:read"}, scope="call_log:read numbers:read")["scope"] == "call_log:read"


def test_a_suspended_app_gets_no_browser(flow: Flow) -> None:
    with database.unit_of_work() as session:
        steps.suspend(session, flow.world.app_id, "It misled customers.", actor.SYSTEM, Party.REVIEWER)
    assert "cannot be connected" in shown(flow)


def test_request_objects_are_not_taken(flow: Flow) -> None:
    told(flow, "request_not_supported", request="eyJhbGciOiJub25lIn0..")
    assert "invalid_request_uri" in shown(flow, request_uri="https://crm.example/request.jwt")


def test_a_response_mode_other_than_query_is_refused(flow: Flow) -> None:
    told(flow, "invalid_request", response_mode="fragment")
    flow.request_id(response_mode="query")


def test_a_redirect_uri_with_a_query_keeps_it(flow: Flow) -> None:
    uri = f"{REDIRECT_URI}?tenant=%20a+b"
    with database.unit_of_work() as session:
        registry.set_redirect_uris(session, flow.world.app_id, (uri,), actor.SYSTEM)
    flow.redirect_uri = uri
    assert flow.allow(flow.request_id()).startswith(f"{uri}&code=")


def test_the_verifier_is_not_kept_and_the_request_is(flow: Flow) -> None:
    found = requests.load(flow.request_id(code_verifier=VERIFIER, state="s"))
    assert found is not None
    assert found.scopes == ("call_log:read", "numbers:read", "offline_access")
    assert found.parameters["code_challenge"] == CHALLENGE
    assert VERIFIER not in str(found)


def test_the_method_is_get(flow: Flow) -> None:
    client = flow.app.test_client()
    assert client.post("/oauth/authorize", data={}).status_code in {403, 405}


def test_the_next_page_is_the_request_by_its_id_alone(flow: Flow) -> None:
    parts = urlsplit(flow.ask().location)
    assert parts.path.startswith("/consent/areq_")
    assert not parts.query


def _good(flow: Flow) -> str:
    return urlencode(
        {
            "response_type": "code",
            "client_id": flow.world.client_id,
            "redirect_uri": REDIRECT_URI,
            "scope": "call_log:read",
            "state": "s",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        },
        quote_via=quote,
    )
