"""Whatever arrives at an OAuth endpoint, the answer is no 500, never a redirect to a stranger, never HTML for a machine (trap T8)."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connect.oauth.clients import DEVICE
from tests.oauth.flow import CHALLENGE, FORM, VERIFIER, Flow
from tests.support.world import REDIRECT_URI

FUZZ = settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = st.sampled_from(
    [
        "grant_type", "code", "redirect_uri", "client_id", "client_secret", "code_verifier", "refresh_token", "scope", "token",
        "token_type_hint", "response_type", "state", "code_challenge", "code_challenge_method", "resource", "request",
        "request_uri", "response_mode", "prompt", "authorization_details", "client_assertion", "username", "password", "device_code",
    ]
) | st.text(max_size=20)  # fmt: skip
KNOWN = [
    "authorization_code",
    "refresh_token",
    "client_credentials",
    DEVICE,
    "code",
    "S256",
    "call_log:read",
    CHALLENGE,
    VERIFIER,
    REDIRECT_URI,
]
ODD = [
    "\x00",
    "\ud7ff",
    "�",
    "'\"",
    "%00",
    "vta_x",
    "vtc_x",
    "vtr_" + "A" * 97,
    "vtd_x",
    "https://evil.example/",
    "\r\n",
    "💣",
]
VALUES = st.sampled_from(KNOWN + ODD) | st.text(max_size=60) | st.text(alphabet="A_-.~", min_size=43, max_size=130)
FORMS = st.lists(st.tuples(NAMES, VALUES), max_size=9)
BODIES = FORMS.map(lambda form: urlencode(form).encode()) | st.binary(max_size=200)
PAIRS = st.binary(max_size=60).map(lambda raw: "Basic " + base64.b64encode(raw).decode())
HEADERS = (
    st.none()
    | PAIRS
    | st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40)
)
TYPES = st.sampled_from(
    [FORM, FORM, FORM, f"{FORM};charset=utf-8", "application/json", "multipart/form-data; boundary=b", "", "x/y; a"]
)


@FUZZ
@given(
    path=st.sampled_from(["/oauth/token", "/oauth/device_authorization", "/oauth/revoke", "/oauth/introspect"]),
    body=BODIES,
    header=HEADERS,
    kind=TYPES,
    own=st.booleans(),
)
def test_the_machine_endpoints_answer_everything(
    flow: Flow, path: str, body: bytes, header: str | None, kind: str, own: bool
) -> None:
    headers: dict[str, str] = flow.client_auth if own else {} if header is None else {"Authorization": header}
    answer = flow.app.test_client().post(path, data=body, content_type=kind, headers=headers)
    assert answer.status_code < 500, answer.get_data(as_text=True)
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    if answer.status_code != 200:
        _is_clean(answer.json)


@FUZZ
@given(changes=FORMS, raw=st.none() | st.binary(max_size=200))
def test_the_authorization_endpoint_answers_everything(
    flow: Flow, changes: list[tuple[str, str]], raw: bytes | None
) -> None:
    good = {
        "response_type": "code",
        "client_id": flow.world.client_id,
        "redirect_uri": REDIRECT_URI,
        "scope": "call_log:read",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    replaced = dict(changes)
    asked = [*{name: value for name, value in good.items() if name not in replaced}.items(), *changes]
    answer = flow.ask_raw(urlencode(asked) if raw is None else raw)
    assert answer.status_code in {303, 400, 413, 414, 431}, answer.get_data(as_text=True)
    if answer.status_code == 303:
        assert answer.location.startswith(("/consent/areq_", f"{REDIRECT_URI}?"))


@FUZZ
@given(
    header=st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=80)
)
def test_the_protector_answers_every_header(flow: Flow, header: str) -> None:
    for value in (header, f"Bearer {header}", f"bearer  {header}", f"Bearer vta_{header}"):
        answer = flow.app.test_client().get("/v1/probe", headers={"Authorization": value})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def _is_clean(error: dict[str, Any]) -> None:
    """RFC 6749 5.2: error and error_description are ASCII without quotes and backslashes."""
    assert set(error) <= {"error", "error_description", "error_uri"}
    for text in error.values():
        assert all(" " <= letter <= "~" and letter not in '"\\' for letter in text), text
