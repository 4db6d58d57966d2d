"""Client assertions (private_key_jwt; RFC 7523; checklist 33, 34, 51 to 54), right and wrong, at every endpoint."""

from __future__ import annotations

import base64
import logging
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwk

from connect.core import clock as core_clock
from connect.core import settings
from connect.core.settings import Settings
from connect.oauth import assertions
from connect.oauth.errors import UnknownClient
from connect.oauth.models import AccessToken, SpentProof
from tests.oauth.flow import OFFLINE, Flow, basic
from tests.oauth.holder import KINDS, Holder, segment, with_key
from tests.oauth.look import count, entries
from tests.oauth.test_dpop import refused
from tests.support.clock import Clock
from tests.support.databases import postgres_only
from tests.support.processes import at_once
from tests.support.threads import Together

NOBODY = "The client is unknown, or its credentials are wrong."
UNSIGNED = "The client_assertion must be one JWT"
MANY = 8


def signer(flow: Flow) -> Holder:
    assert isinstance(flow.signer, Holder)
    return flow.signer


def alone(flow: Flow, holder: Holder | None = None, header: dict[str, Any] | None = None, **claims: Any) -> Any:
    """POST /oauth/token with an assertion of `holder`, by default the app's own."""
    return flow.alone(**(holder or signer(flow)).credentials(flow.world.client_id, header, **claims))


def at(seconds: float) -> float:
    return int(core_clock.now().timestamp()) + seconds


@pytest.mark.parametrize("algorithm", sorted(KINDS))
def test_51_an_app_proves_who_it_is_with_each_algorithm_at_every_endpoint(app: Flask, algorithm: str) -> None:
    flow = with_key(app, Holder(algorithm))
    assert flow.push().status_code == 201
    said = flow.connect()
    assert set(flow.refresh(said["refresh_token"]).json["scope"].split()) == OFFLINE
    assert flow.introspect(said["access_token"])["active"] is True
    assert flow.revoke(said["access_token"]).status_code == 200
    assert not flow.works(said["access_token"])
    assert entries("issued")[0]["client_auth"] == "private_key_jwt"


@pytest.mark.parametrize("algorithm", ["RS256", "PS384", "ES384", "ES256K", "none", "HS256"])
def test_51_no_other_algorithm_is_taken(app: Flask, algorithm: str) -> None:
    made: dict[str, Any] = {
        "RS256": KINDS["PS256"],
        "PS384": KINDS["PS256"],
        "ES384": lambda: jwk.ECKey.generate_key("P-384"),
        "ES256K": lambda: jwk.ECKey.generate_key("secp256k1"),
    }
    flow = with_key(app, Holder("PS256"))
    other = Holder(algorithm, made.get(algorithm, lambda: jwk.OctKey.generate_key(256))(), kid=signer(flow).jwk["kid"])
    if algorithm in {"RS256", "PS384"}:
        other.key = signer(flow).key
    assert refused(alone(flow, other), "invalid_client").startswith(UNSIGNED)
    assert count(SpentProof) == 0


def test_51_the_public_key_is_no_secret_to_sign_with(app: Flask) -> None:
    """What a verifier that takes the algorithm from the header falls for (RFC 8725 2.1)."""
    flow = with_key(app, Holder("PS256"))
    for secret in (signer(flow).key.as_pem(private=False), signer(flow).jwk["n"].encode()):
        forger = Holder("HS256", jwk.OctKey.import_key(base64.urlsafe_b64encode(secret).decode()), kid="x")
        refused(alone(flow, forger, {"kid": signer(flow).jwk["kid"]}), "invalid_client")


@pytest.mark.parametrize("signature", ["", segment(b"x" * 64)])
def test_51_an_assertion_without_a_signature_is_refused(keyed: Flow, signature: str) -> None:
    for algorithm in ("none", "ES256", "None", "", None, 7, ["ES256"]):
        body = signer(keyed).assertion(keyed.world.client_id).split(".")[1]
        forged = f"{segment({'alg': algorithm, 'kid': 'first'})}.{body}.{signature}"
        refused(keyed.alone(client_assertion=forged, client_assertion_type=assertions.TYPE), "invalid_client")


def test_51_a_key_in_the_header_or_at_an_address_in_it_is_not_looked_at(keyed: Flow) -> None:
    """CVE-2026-27962 of Authlib was one that was."""
    forger = Holder(kid="first")
    for header in ({"jwk": forger.jwk}, {"jku": "https://evil.example/keys"}, {"x5u": "https://evil.example/chain"}):
        assert refused(alone(keyed, forger, header), "invalid_client") == NOBODY
        assert alone(keyed, header=header).status_code == 200


@pytest.mark.parametrize("extension", [["b64"], [], ["exp"], None, 7])
def test_51_an_extension_that_must_be_understood_is_not(keyed: Flow, extension: Any) -> None:
    header = {"crit": extension, "b64": True, "exp": 1}
    answer = alone(keyed, header=header)
    assert answer.status_code == (200 if extension is None else 400)  # None leaves the member out


def test_52_the_audience_is_the_issuer_as_one_string(keyed: Flow) -> None:
    issuer = settings.current().base_url
    wrong = [
        None, "", "https://evil.example", issuer + "/", issuer.upper(), f"{issuer}/oauth/token", f"{issuer}/oauth/par",
        [issuer], [issuer, f"{issuer}/oauth/token"], {"iss": issuer}, 7, True,
    ]  # fmt: skip
    for audience in wrong:
        assert "aud" in refused(alone(keyed, aud=audience), "invalid_client"), audience
    assert alone(keyed, aud=issuer).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": -300}, {"exp": -16}, {"exp": None}, {"exp": "soon"}, {"exp": True}, {"exp": []},
        {"exp": 330}, {"exp": 3600}, {"exp": 10**18}, {"exp": -(10**18)},
    ],
)  # fmt: skip
def test_53_expired_without_an_end_or_with_one_far_ahead_is_refused(keyed: Flow, claims: dict[str, Any]) -> None:
    end = claims["exp"]
    moved = at(end) if isinstance(end, int) and not isinstance(end, bool) else end
    assert "exp" in refused(alone(keyed, exp=moved), "invalid_client")
    assert count(SpentProof) == 0


def test_53_how_far_ahead_it_may_end_is_five_minutes(keyed: Flow) -> None:
    assert alone(keyed, exp=at(300)).status_code == 200
    assert alone(keyed, exp=at(299.5)).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": ["app"]}, {"sub": "x" * 256}, {"sub": "a\x00b"},
        {"iss": None}, {"iss": "app_other"}, {"iss": ["app"]}, {"iss": "https://evil.example"},
        {"jti": None}, {"jti": ""}, {"jti": 7}, {"jti": "x" * 257}, {"jti": ["one"]},
        {"nbf": "soon"}, {"iat": "now"}, {"iat": True}, {"nbf": {}},
    ],
)  # fmt: skip
def test_53_each_claim_that_is_missing_or_of_another_type_is_named(keyed: Flow, claims: dict[str, Any]) -> None:
    (name,) = claims
    assert f"The {name} of" in refused(alone(keyed, **claims), "invalid_client")
    assert count(SpentProof) == 0


def test_53_an_assertion_is_used_once_whatever_it_is_sent_for(keyed: Flow) -> None:
    again = signer(keyed).credentials(keyed.world.client_id)
    assert keyed.alone(**again).status_code == 200
    assert "used before" in refused(keyed.alone(**again), "invalid_client")
    for path in ("/oauth/par", "/oauth/revoke", "/oauth/introspect"):
        refused(keyed.post(path, {"token": "x", **keyed.asked, **again}), "invalid_client")
    assert count(AccessToken) == 1


def test_53_it_is_used_up_by_a_request_that_fails_for_another_reason(keyed: Flow) -> None:
    once = signer(keyed).credentials(keyed.world.client_id)
    refused(keyed.refresh("vtr_none", **once), "invalid_grant")
    assert "used before" in refused(keyed.alone(**once), "invalid_client")


def test_53_it_is_remembered_for_as_long_as_it_could_be_used(keyed: Flow, clock: Clock) -> None:
    again = signer(keyed).credentials(keyed.world.client_id, exp=at(300))
    assert keyed.alone(**again).status_code == 200
    for seconds in (150, 150, 10):  # the last within the leeway after its end
        clock.move(seconds=seconds)
        assert "used before" in refused(keyed.alone(**again), "invalid_client")
    clock.move(seconds=10)
    assert "expired" in refused(keyed.alone(**again), "invalid_client")


def test_53_the_jti_of_one_client_says_nothing_of_another(app: Flask) -> None:
    for name in ("Key Traders", "Lock Traders"):
        assert alone(with_key(app, Holder(), name), jti="one").status_code == 200


def test_53_of_many_uses_of_one_assertion_at_once_one_succeeds(keyed: Flow, together: Together) -> None:
    once = signer(keyed).credentials(keyed.world.client_id)
    answers = together(*[partial(keyed.alone, **once)] * MANY)
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * (MANY - 1)
    assert count(AccessToken) == 1


PROCESS = """
from connect.app import create_app
from connect.core import settings
from connect.oauth.assertions import TYPE
client = create_app().test_client()
base = settings.current().base_url
print("ready", flush=True)
forms = [
    {"grant_type": "client_credentials", "client_assertion": sent, "client_assertion_type": TYPE} for sent in input().split()
]
statuses = [client.post("/oauth/token", base_url=base, data=form).status_code for form in forms]
assert set(statuses) <= {200, 400}, statuses
print(statuses.count(200))
"""


@postgres_only
def test_53_of_many_processes_that_replay_assertions_one_takes_each(keyed: Flow, settings: Settings) -> None:
    sent = [signer(keyed).assertion(keyed.world.client_id) for _ in range(6)]
    taken = at_once(settings, PROCESS, MANY, " ".join(sent))
    assert sum(map(int, taken)) == len(sent)
    assert count(AccessToken) == len(sent)


@pytest.mark.parametrize("claim", ["iat", "nbf"])
@pytest.mark.parametrize("seconds", [-3600, -10, 0, 8, 10])
def test_54_iat_and_nbf_of_an_assertion_8_to_10_seconds_ahead_are_accepted(
    keyed: Flow, claim: str, seconds: int
) -> None:
    assert alone(keyed, **{claim: at(seconds)}).status_code == 200


@pytest.mark.parametrize("claim", ["iat", "nbf"])
@pytest.mark.parametrize("seconds", [61, 90, 3600])
def test_54_iat_and_nbf_of_an_assertion_more_than_a_minute_ahead_are_refused(
    keyed: Flow, claim: str, seconds: int
) -> None:
    assert claim in refused(alone(keyed, **{claim: at(seconds)}), "invalid_client")


def test_33_an_assertion_beside_a_secret_is_two_ways(keyed: Flow, flow: Flow) -> None:
    secret = flow.world.client_secret
    own = keyed.world.client_id
    for headers, form in (
        (basic(flow.world.client_id, secret or ""), {}),
        (basic(own, "vts_wrong"), {}),
        ({"Authorization": "Bearer x"}, {}),
        ({}, {"client_id": own, "client_secret": secret}),
    ):
        assert "one way" in refused(keyed.alone(headers=headers, **form), "invalid_request")
    assert count(SpentProof) == 0
    assert keyed.alone(client_id=own).status_code == 200  # the same client named again is one way


@pytest.mark.parametrize(
    "form",
    [
        {"client_assertion_type": None},
        {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"},
        {"client_assertion": None},
    ],
)
def test_half_an_assertion_is_an_invalid_request(keyed: Flow, form: dict[str, Any]) -> None:
    given = signer(keyed).credentials(keyed.world.client_id) | form
    assert "client_assertion_type" in refused(keyed.alone(**given), "invalid_request")


def test_the_client_id_beside_an_assertion_is_that_of_its_subject(keyed: Flow, flow: Flow) -> None:
    assert "client_id" in refused(keyed.alone(client_id=flow.world.client_id), "invalid_client")


@pytest.mark.parametrize(
    ("kind", "status"), [("JWT", 200), ("jwt", 200), ("client-authentication+jwt", 200), ("dpop+jwt", 400), (7, 400)]
)
def test_what_says_it_is_something_else_is_no_assertion(keyed: Flow, kind: Any, status: int) -> None:
    assert alone(keyed, header={"typ": kind}).status_code == status


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "a.b.c",
        "x" * 9000,
        "é",
        "\u0939\u093f",
        "..",
        "eyJ.eyJ.eyJ",
        segment(b"[" * 3000) + ".e30.e30",
        "🔑",
    ],
)
def test_odd_assertions_are_refused_and_are_no_fault_of_the_server(keyed: Flow, text: str) -> None:
    answer = keyed.alone(client_assertion=text, client_assertion_type=assertions.TYPE)
    assert answer.status_code == 400
    assert answer.json["error"] in {"invalid_client", "invalid_request"}


def test_49_assertions_are_never_logged_and_no_error_repeats_them(
    keyed: Flow, caplog: pytest.LogCaptureFixture, capsys: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    for claims in ({}, {"aud": "evil-marker"}, {"sub": "evil-marker"}, {"jti": "evil-marker" * 30}):
        answer = alone(keyed, **claims)
        assert "evil-marker" not in answer.text
    written = caplog.text + "".join(capsys.readouterr())
    assert "eyJ" not in written
    assert "evil-marker" not in written


class TestOddClaims:
    """Whatever a JWT claims is refused or taken, never a fault."""

    @pytest.fixture(autouse=True)
    def here(self, settings: Any) -> None:
        self.holder = Holder()

    @given(
        st.dictionaries(
            st.sampled_from(["iss", "sub", "aud", "jti", "iat", "nbf", "exp"]),
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
            | st.lists(st.text()) | st.dictionaries(st.text(), st.text()),
        ),
        st.dictionaries(st.sampled_from(["typ", "kid", "alg"]), st.none() | st.text() | st.integers() | st.lists(st.text())),
    )  # fmt: skip
    def test_any_value(self, claims: dict[str, Any], header: dict[str, Any]) -> None:
        form = self.holder.credentials("app_x", header, **claims)
        try:
            read = assertions.read(form, core_clock.now())
        except UnknownClient:
            return
        assert read.client_id == claims.get("sub", "app_x")


class TestGuessing:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"token_failure_rate": "2/minute"}

    def test_50_guessing_is_throttled(self, keyed: Flow) -> None:
        stranger = Holder(kid="first")
        assert [alone(keyed, stranger).status_code for _ in range(3)] == [400, 400, 429]


class TestSettings:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"assertion_life": timedelta(seconds=30), "token_failure_rate": ""}

    def test_how_far_ahead_the_end_may_be_is_a_setting(self, keyed: Flow) -> None:
        assert "30 seconds" in refused(alone(keyed, exp=at(60)), "invalid_client")
        assert alone(keyed, exp=at(30)).status_code == 200
