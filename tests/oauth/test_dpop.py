"""DPoP at the token endpoint (RFC 9449 4 to 6, 8; checklist 54, 55, 58): proofs, right and wrong, and what is bound to them."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwk

from connect.core import clock as core_clock
from connect.core import settings
from connect.oauth import dpop, nonces
from connect.oauth.models import AccessToken, SpentProof, TokenChain
from tests.oauth.flow import Flow
from tests.oauth.holder import KINDS, Holder, segment
from tests.oauth.look import count
from tests.support.clock import Clock
from tests.support.threads import Together

MANY = 16


def refused(answer: Any, error: str = "invalid_dpop_proof", status: int = 400) -> str:
    """The description of a refusal of the token endpoint."""
    assert (answer.status_code, answer.json["error"]) == (status, error), answer.data
    assert answer.headers["Cache-Control"] == "no-store"
    assert "eyJ" not in answer.text
    return str(answer.json.get("error_description"))


@pytest.mark.parametrize("algorithm", sorted(KINDS))
def test_a_token_is_bound_to_the_key_of_the_proof_and_introspection_says_to_which(flow: Flow, algorithm: str) -> None:
    holder = Holder(algorithm)
    said = holder.connect(flow)
    about = flow.introspect(said["access_token"])
    assert about["token_type"] == "DPoP"
    assert about["cnf"] == {"jkt": holder.jkt}
    assert holder.get(flow.app, said["access_token"]).status_code == 200


def test_without_a_proof_a_token_is_a_bearer_token(flow: Flow) -> None:
    said = flow.connect()
    assert said["token_type"] == "Bearer"
    about = flow.introspect(said["access_token"])
    assert about["token_type"] == "Bearer"
    assert "cnf" not in about


def test_a_token_for_the_app_alone_may_be_bound_too(flow: Flow) -> None:
    holder = Holder()
    said = flow.alone(headers=flow.client_auth | holder.headers()).json
    assert said["token_type"] == "DPoP"
    assert holder.get(flow.app, said["access_token"], "/v1/probe/app").status_code == 200


NOT_TAKEN = {
    "typ is another": {"header": {"typ": "JWT"}},
    "typ is missing": {"header": {"typ": None}},
    "jwk is missing": {"header": {"jwk": None}},
    "jwk is a text": {"header": {"jwk": "key"}},
    "jwk is symmetric": {"header": {"jwk": {"kty": "oct", "k": "c2VjcmV0"}}},
    "jwk is another's": {"header": {"jwk": KINDS["ES256"]().as_dict(private=False)}},
    "jti is missing": {"jti": None},
    "jti is a number": {"jti": 7},
    "jti is empty": {"jti": ""},
    "jti is very long": {"jti": "x" * 257},
    "htm is missing": {"htm": None},
    "htm is another": {"htm": "GET"},
    "htm is in lower case": {"htm": "post"},
    "htu is missing": {"htu": None},
    "htu is a number": {"htu": 7},
    "htu is another host": {"htu": "https://evil.example/oauth/token"},
    "htu has a user": {"htu": "https://me@connect.test/oauth/token"},
    "htu has another port": {"htu": "https://connect.test:8443/oauth/token"},
    "htu has a port that is none": {"htu": "https://connect.test:port/oauth/token"},
    "htu is half an IPv6 address": {"htu": "https://[::1/oauth/token"},
    "htu is another scheme": {"htu": "ftp://connect.test/oauth/token"},
    "iat is missing": {"iat": None},
    "iat is a text": {"iat": "now"},
    "iat is true": {"iat": True},
    "iat is huge": {"iat": 10**18},
    "iat is below nothing": {"iat": -(10**18)},
    "nbf is a text": {"nbf": "soon"},
    "exp is a text": {"exp": "later"},
}


@pytest.mark.parametrize("changes", NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_55_typ_alg_jwk_htm_htu_iat_jti_each_wrong_is_invalid_dpop_proof_and_spends_nothing(
    flow: Flow, changes: dict[str, Any]
) -> None:
    code, holder = flow.code(), Holder()
    refused(flow.exchange(code, headers=flow.client_auth | holder.headers(**changes)))
    assert count(SpentProof) == 0
    assert holder.exchange(flow, code).status_code == 200


@pytest.mark.parametrize("path", ["/oauth/par", "/oauth/token/", "/OAUTH/TOKEN", "/oauth/token/..", "/"])
def test_55_htu_is_the_path_of_this_endpoint(flow: Flow, path: str) -> None:
    refused(flow.alone(headers=flow.client_auth | Holder().headers(path)))


def test_55_alg_may_not_be_symmetric_none_or_one_that_is_not_listed(flow: Flow) -> None:
    holder = Holder()
    claims = segment({"jti": "one", "htm": "POST", "htu": settings.current().base_url + "/oauth/token", "iat": 0})
    for algorithm in ("none", "HS256", "RS256", "ES384", "ES256K", 7, None):
        head = segment({"typ": "dpop+jwt", "alg": algorithm, "jwk": holder.key.as_dict(private=False)})
        for signature in ("", segment(b"x" * 64)):
            refused(flow.alone(headers=flow.client_auth | {"DPoP": f"{head}.{claims}.{signature}"}))


def test_55_jwk_may_not_be_private(flow: Flow) -> None:
    holder = Holder()
    private = {"jwk": holder.key.as_dict(private=True)}
    refused(flow.alone(headers=flow.client_auth | holder.headers(header=private)))


@pytest.mark.parametrize(
    "written",
    [
        "{scheme}://CONNECT.test/oauth/token",
        "{SCHEME}://connect.test/oauth/token",
        "{scheme}://connect.test:{port}/oauth/token",
        "{scheme}://connect.test/oauth/token?a=b",
        "{scheme}://connect.test/oauth/token#part",
        "{scheme}://connect.test/oauth/%74oken",
    ],
)
def test_55_htu_in_other_case_with_the_default_port_a_query_or_escapes_is_the_same(flow: Flow, written: str) -> None:
    scheme, port = ("https", 443) if settings.current().https else ("http", 80)
    htu = written.format(scheme=scheme, SCHEME=scheme.upper(), port=port)
    assert flow.alone(headers=flow.client_auth | Holder().headers(htu=htu)).status_code == 200


@pytest.mark.parametrize("seconds", [-55, -10, 0, 8, 10])
def test_54_iat_and_nbf_up_to_10_seconds_ahead_or_some_behind_are_accepted(flow: Flow, seconds: int) -> None:
    at = int(core_clock.now().timestamp()) + seconds
    assert flow.alone(headers=flow.client_auth | Holder().headers(iat=at, nbf=at)).status_code == 200


@pytest.mark.parametrize(
    "claims", [{"iat": 60}, {"iat": -60}, {"nbf": 60}, {"exp": -60}, {"iat": 3600}, {"iat": -3600}]
)
def test_54_iat_and_nbf_60_seconds_ahead_and_what_is_too_old_are_refused(flow: Flow, claims: dict[str, int]) -> None:
    at = int(core_clock.now().timestamp())
    shifted = {name: at + seconds for name, seconds in claims.items()}
    refused(flow.alone(headers=flow.client_auth | Holder().headers(**shifted)))


def test_55_a_jti_is_used_once(flow: Flow) -> None:
    headers = flow.client_auth | Holder().headers()
    assert flow.alone(headers=headers).status_code == 200
    assert "used before" in refused(flow.alone(headers=headers))
    assert count(AccessToken) == 1


def test_55_the_jti_of_one_key_says_nothing_of_another(flow: Flow) -> None:
    for holder in (Holder(), Holder()):
        assert flow.alone(headers=flow.client_auth | holder.headers(jti="one")).status_code == 200


def test_55_of_many_uses_of_one_proof_at_once_one_succeeds(flow: Flow, together: Together) -> None:
    headers = flow.client_auth | Holder().headers()
    answers = together(*[partial(flow.alone, headers=headers)] * MANY)
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * (MANY - 1)
    assert count(AccessToken) == 1


def test_a_proof_is_used_up_by_a_request_that_fails_for_another_reason(flow: Flow) -> None:
    headers = flow.client_auth | Holder().headers()
    refused(flow.exchange("vtc_none", headers=headers), "invalid_grant")
    assert "used before" in refused(flow.exchange("vtc_none", headers=headers))


def test_a_proof_is_not_looked_at_before_the_client_is_proved(flow: Flow) -> None:
    wrong = {"Authorization": "Basic eDp5"}
    refused(flow.alone(headers=wrong | {"DPoP": "x"}), "invalid_client", 401)
    refused(flow.alone(headers=wrong | Holder().headers()), "invalid_client", 401)
    assert count(SpentProof) == 0


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "x" * 9000, "é", "eyJ.eyJ.eyJ, eyJ.eyJ.eyJ", "[" * 4000])
def test_odd_proofs_are_refused_and_are_no_fault_of_the_server(flow: Flow, text: str) -> None:
    answer = flow.alone(headers=flow.client_auth | {"DPoP": text})
    assert 400 <= answer.status_code < 500


def test_two_proofs_in_one_request_are_refused(flow: Flow) -> None:
    first, second = Holder().proof(), Holder().proof()
    refused(flow.alone(headers=flow.client_auth | {"DPoP": f"{first}, {second}"}))


class TestOddClaims:
    """Whatever a signed proof claims is refused or taken, never a fault."""

    @pytest.fixture(autouse=True)
    def here(self, settings: Any) -> None:
        self.holder = Holder()

    @given(
        st.dictionaries(
            st.sampled_from(["jti", "htm", "htu", "iat", "nbf", "exp", "ath", "nonce"]),
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
            | st.lists(st.text()),
        )
    )  # fmt: skip
    def test_any_value(self, claims: dict[str, Any]) -> None:
        request = dpop.Request("POST", "/oauth/token", core_clock.now(), "token", nonce_demanded=True)
        with pytest.raises(dpop.InvalidProof):
            dpop.check(self.holder.proof(token="token", **claims), request)


def test_58_an_app_of_the_fapi_tier_without_a_proof_is_told_invalid_dpop_proof(fapi: Flow) -> None:
    code = fapi.code()
    refused(fapi.exchange(code))
    refused(fapi.alone())
    assert Holder().exchange(fapi, code).status_code == 200


def test_49_proofs_are_never_logged(flow: Flow, caplog: pytest.LogCaptureFixture, capsys: Any) -> None:
    caplog.set_level(logging.DEBUG)
    holder = Holder()
    said = holder.connect(flow)
    holder.get(flow.app, said["access_token"])
    flow.alone(headers=flow.client_auth | holder.headers(htm="GET"))
    written = caplog.text + "".join(capsys.readouterr())
    assert "eyJ" not in written
    assert said["access_token"] not in written


class TestRefresh:
    def test_a_public_clients_refresh_token_is_bound_to_its_key(self, public: Flow) -> None:
        holder = Holder()
        token = holder.connect(public)["refresh_token"]
        refused(public.refresh(token))
        refused(Holder().refresh(public, token), "invalid_grant")
        assert count(TokenChain) == 1
        answer = holder.refresh(public, token)
        assert answer.json["token_type"] == "DPoP"
        assert holder.get(public.app, answer.json["access_token"]).status_code == 200

    def test_a_thief_of_a_public_clients_refresh_token_ends_nothing(self, public: Flow, clock: Clock) -> None:
        """Who cannot prove the key has not used the token, so nothing was reused."""
        holder = Holder()
        first = holder.connect(public)
        second = holder.refresh(public, first["refresh_token"]).json
        clock.move(seconds=30)
        refused(Holder().refresh(public, first["refresh_token"]), "invalid_grant")
        assert holder.refresh(public, second["refresh_token"]).status_code == 200

    def test_a_confidential_clients_is_bound_to_the_client_and_each_access_token_to_the_key_it_came_with(
        self, flow: Flow
    ) -> None:
        """RFC 9449 5: such a client proves who it is anyhow, and may change its key."""
        first, second = Holder(), Holder()
        said = second.refresh(flow, first.connect(flow)["refresh_token"]).json
        assert flow.introspect(said["access_token"])["cnf"] == {"jkt": second.jkt}
        assert "cnf" not in flow.introspect(said["refresh_token"])

    def test_the_fapi_tiers_is_bound_to_its_key(self, fapi: Flow) -> None:
        holder = Holder()
        token = holder.connect(fapi)["refresh_token"]
        assert fapi.introspect(token)["cnf"] == {"jkt": holder.jkt}
        refused(Holder().refresh(fapi, token), "invalid_grant")
        assert holder.refresh(fapi, token).status_code == 200

    def test_44_a_lost_answer_is_given_again_to_the_same_key_alone(self, flow: Flow) -> None:
        holder = Holder()
        token = holder.connect(flow)["refresh_token"]
        answer = holder.refresh(flow, token)
        assert holder.refresh(flow, token).data == answer.data
        refused(Holder().refresh(flow, token), "invalid_grant")
        refused(flow.refresh(token), "invalid_grant")
        assert holder.refresh(flow, answer.json["refresh_token"]).status_code == 200

    def test_43_many_refreshes_with_one_key_get_one_successor(self, public: Flow, together: Together) -> None:
        holder = Holder()
        token = holder.connect(public)["refresh_token"]
        answers = together(*[partial(holder.refresh, public, token)] * MANY)
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.data for answer in answers}) == 1
        assert count(AccessToken) == 2


class TestNonce:
    """RFC 9449 8: with the nonce that the server gives, and never with another."""

    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"dpop_nonce": "always", "token_rate": "", "token_failure_rate": "", "api_rate": "", "address_rate": ""}

    def test_a_proof_without_one_is_told_to_use_the_one_in_the_header(self, flow: Flow) -> None:
        holder = Holder()
        answer = flow.alone(headers=flow.client_auth | holder.headers())
        refused(answer, "use_dpop_nonce")
        nonce = answer.headers["DPoP-Nonce"]
        answer = flow.alone(headers=flow.client_auth | holder.headers(nonce=nonce))
        assert answer.status_code == 200
        assert nonces.fresh(answer.headers["DPoP-Nonce"], core_clock.now())

    def test_a_browsers_script_may_read_it(self, flow: Flow) -> None:
        answer = flow.alone(headers=flow.client_auth | Holder().headers())
        assert answer.headers["Access-Control-Expose-Headers"] == "DPoP-Nonce"
        asked = flow.app.test_client().options("/oauth/token")
        assert "DPoP" in asked.headers["Access-Control-Allow-Headers"]

    def test_it_may_be_used_for_some_minutes_and_no_longer(self, flow: Flow, clock: Clock) -> None:
        nonce = nonces.make(core_clock.now())
        for seconds, status in ((0, 200), (290, 200), (11, 400)):
            clock.move(seconds=seconds)
            assert flow.alone(headers=flow.client_auth | Holder().headers(nonce=nonce)).status_code == status

    @pytest.mark.parametrize("nonce", ["", "x", "x" * 28, "é" * 28, 7, None, ["a"], "-" * 28])
    def test_one_that_is_not_ours_is_of_no_use(self, flow: Flow, nonce: Any) -> None:
        refused(flow.alone(headers=flow.client_auth | Holder().headers(nonce=nonce)), "use_dpop_nonce")

    def test_one_of_the_future_is_not_ours(self, flow: Flow) -> None:
        nonce = nonces.make(core_clock.now() + timedelta(minutes=1))
        refused(flow.alone(headers=flow.client_auth | Holder().headers(nonce=nonce)), "use_dpop_nonce")

    def test_what_is_wrong_otherwise_is_told_first(self, flow: Flow) -> None:
        refused(flow.alone(headers=flow.client_auth | Holder().headers(htm="GET")))

    def test_the_api_wants_one_as_well_and_takes_the_same(self, flow: Flow) -> None:
        holder, nonce = Holder(), nonces.make(core_clock.now())
        said = flow.exchange(flow.code(), headers=flow.client_auth | holder.headers(nonce=nonce)).json
        answer = holder.get(flow.app, said["access_token"])
        assert answer.status_code == 401
        assert 'DPoP realm="VoiceTree Connect", error="use_dpop_nonce"' in answer.headers["WWW-Authenticate"]
        given = answer.headers["DPoP-Nonce"]
        answer = holder.get(flow.app, said["access_token"], nonce=given)
        assert answer.status_code == 200
        assert nonces.fresh(answer.headers["DPoP-Nonce"], core_clock.now())

    def test_without_a_proof_there_is_no_nonce_to_demand(self, flow: Flow) -> None:
        answer = flow.alone()
        assert answer.status_code == 200
        assert "DPoP-Nonce" not in answer.headers


class TestNonceForTheFapiTier:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"dpop_nonce": "fapi", "token_rate": "", "token_failure_rate": "", "api_rate": "", "address_rate": ""}

    def test_only_its_apps_need_one_here_and_at_the_api(self, flow: Flow, fapi: Flow) -> None:
        holder = Holder()
        said = holder.connect(flow)
        assert holder.get(flow.app, said["access_token"]).status_code == 200
        code, nonce = fapi.code(), nonces.make(core_clock.now())
        refused(holder.exchange(fapi, code), "use_dpop_nonce")
        token = fapi.exchange(code, headers=holder.headers(nonce=nonce)).json["access_token"]
        assert holder.get(fapi.app, token).status_code == 401
        assert holder.get(fapi.app, token, nonce=nonce).status_code == 200


def test_the_thumbprint_is_that_of_rfc_7638() -> None:
    key = jwk.import_key(
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
            "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        }
    )
    assert (
        key.thumbprint() == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
    )  # the key and the jkt of RFC 9449 4.2 and 6.1
