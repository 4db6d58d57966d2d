"""Modules of the OpenID Foundation's suite for FAPI 2.0 about DPoP, each by its name there. The app is of the fapi tier."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from connect.core import clock as core_clock
from tests.oauth.flow import Flow, query
from tests.oauth.holder import Holder
from tests.oauth.test_dpop import refused


def push(flow: Flow, holder: Holder | None = None, **changes: str | None) -> TestResponse:
    return flow.push(headers=flow.client_auth | (holder.headers("/oauth/par") if holder else {}), **changes)


def code(flow: Flow, answer: TestResponse) -> str:
    """The code of a pushed request that the customer allows."""
    assert answer.status_code == 201, answer.data
    return query(flow.allow(flow.id_in(flow.bring(answer.json["request_uri"]).location)))["code"]


def at(seconds: int) -> int:
    return int(core_clock.now().timestamp()) + seconds


def works(flow: Flow, holder: Holder, **claims: Any) -> bool:
    """Whether proofs with those claims get a token at both endpoints, and open the API with it."""
    proof = flow.client_auth | holder.headers("/oauth/par", **claims)
    found = code(flow, flow.push(headers=proof))
    answer = flow.exchange(found, headers=flow.client_auth | holder.headers(**claims))
    token = answer.json["access_token"]
    return holder.get(flow.app, token, **claims).status_code == 200


def test_check_dpop_proof_nbf_exp(fapi: Flow) -> None:
    assert works(fapi, Holder(), nbf=at(-5), exp=at(60))


def test_ensure_dpopproof_with_iat_10seconds_before_succeeds(fapi: Flow) -> None:
    assert works(fapi, Holder(), iat=at(-10))


def test_ensure_dpopproof_with_iat_10seconds_after_succeeds(fapi: Flow) -> None:
    assert works(fapi, Holder(), iat=at(10))


def test_ensure_mismatched_dpop_jkt_fails(fapi: Flow) -> None:
    refused(push(fapi, Holder(), dpop_jkt=Holder().jkt), "invalid_request")


def test_ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt(fapi: Flow) -> None:
    refused(Holder().exchange(fapi, code(fapi, push(fapi, Holder()))), "invalid_grant")


def test_ensure_token_endpoint_fails_with_mismatched_dpop_jkt(fapi: Flow) -> None:
    refused(Holder().exchange(fapi, code(fapi, push(fapi, dpop_jkt=Holder().jkt))), "invalid_grant")


def test_ensure_dpopproof_at_par_endpoint_binding_success(fapi: Flow) -> None:
    holder = Holder()
    assert holder.exchange(fapi, code(fapi, push(fapi, holder))).json["token_type"] == "DPoP"


def test_ensure_dpop_auth_code_binding_success(fapi: Flow) -> None:
    holder = Holder()
    assert holder.exchange(fapi, code(fapi, push(fapi, dpop_jkt=holder.jkt))).json["token_type"] == "DPoP"


def test_ensure_holder_of_key_required(fapi: Flow) -> None:
    """No proof, no token: `invalid_dpop_proof`."""
    refused(fapi.exchange(code(fapi, push(fapi))))
    token = Holder().connect(fapi)["access_token"]
    assert not fapi.works(token)


def test_access_token_type_header_case_sensitivity(fapi: Flow) -> None:
    holder = Holder()
    token = holder.connect(fapi)["access_token"]
    for scheme in ("dpop", "DPOP", "dPoP"):
        headers = holder.authorization(token) | {"Authorization": f"{scheme} {token}"}
        assert fapi.app.test_client().get("/v1/probe", headers=headers).status_code == 200


def test_refresh_token(fapi: Flow) -> None:
    holder = Holder()
    said = holder.connect(fapi)
    refreshed = holder.refresh(fapi, said["refresh_token"]).json
    assert refreshed["token_type"] == "DPoP"
    assert holder.get(fapi.app, refreshed["access_token"]).status_code == 200


def test_dpop_negative_tests(fapi: Flow) -> None:
    """At the API: every check of RFC 9449 4.3, one wrong at a time, is 401; the good one before and after them works."""
    holder, another = Holder(), Holder()
    token = holder.connect(fapi)["access_token"]
    client = fapi.app.test_client()

    def status(headers: dict[str, str]) -> int:
        return client.get("/v1/probe", headers=headers).status_code

    good, proof = holder.authorization(token), holder.proof("/v1/probe", "GET", token)
    assert status(good) == 200
    wrong = {
        "two proofs": good | {"DPoP": f"{proof}, {holder.proof('/v1/probe', 'GET', token)}"},
        "the same proof again": good,
        "no proof": {"Authorization": f"DPoP {token}"},
        "as Bearer": good | {"Authorization": f"Bearer {token}"},
        "no JWT": good | {"DPoP": "proof"},
        "signature of another": good | {"DPoP": proof.rpartition(".")[0] + "." + another.proof().rpartition(".")[2]},
        "key of another": another.authorization(token),
        "private key": holder.authorization(token, header={"jwk": holder.key.as_dict(private=True)}),
        "typ": holder.authorization(token, header={"typ": "JWT"}),
        "no jwk": holder.authorization(token, header={"jwk": None}),
        "alg none": holder.authorization(token, header={"alg": "none"}),
        "alg HS256": holder.authorization(token, header={"alg": "HS256"}),
        "no jti": holder.authorization(token, jti=None),
        "no htm": holder.authorization(token, htm=None),
        "wrong htm": holder.authorization(token, htm="POST"),
        "no htu": holder.authorization(token, htu=None),
        "wrong htu": holder.authorization(token, htu="https://evil.example/v1/probe"),
        "no iat": holder.authorization(token, iat=None),
        "iat long ago": holder.authorization(token, iat=at(-300)),
        "iat far ahead": holder.authorization(token, iat=at(300)),
        "no ath": holder.authorization(token, ath=None),
        "wrong ath": holder.authorization(token, ath="x" * 43),
    }
    assert {name: status(headers) for name, headers in wrong.items()} == dict.fromkeys(wrong, 401)
    assert status(holder.authorization(token)) == 200
