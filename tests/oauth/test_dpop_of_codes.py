"""Codes that are bound to a key (RFC 9449 10; checklist 56): by `dpop_jkt`, or by a proof at the endpoint for pushed requests."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from tests.oauth.flow import Flow, query
from tests.oauth.holder import Holder
from tests.oauth.test_dpop import refused


def pushed(flow: Flow, answer: TestResponse) -> str:
    """The code of a pushed request that the customer allows."""
    assert answer.status_code == 201, answer.data
    return query(flow.allow(flow.id_in(flow.bring(answer.json["request_uri"]).location)))["code"]


def push(flow: Flow, holder: Holder, **changes: str | None) -> TestResponse:
    return flow.push(headers=flow.client_auth | holder.headers("/oauth/par"), **changes)


def test_56_dpop_jkt_binds_the_code(flow: Flow) -> None:
    holder = Holder()
    code = flow.code(dpop_jkt=holder.jkt)
    refused(Holder().exchange(flow, code), "invalid_grant")
    assert "another key" in refused(Holder().exchange(flow, code), "invalid_grant")
    assert holder.exchange(flow, code).json["token_type"] == "DPoP"


def test_58_a_bound_code_without_a_proof_is_invalid_dpop_proof_and_is_not_spent(flow: Flow) -> None:
    holder = Holder()
    code = flow.code(dpop_jkt=holder.jkt)
    refused(flow.exchange(code))
    assert holder.exchange(flow, code).status_code == 200


def test_56_a_proof_at_par_binds_the_code(flow: Flow, public: Flow) -> None:
    for app in (flow, public):
        holder = Holder()
        code = pushed(app, push(app, holder))
        refused(Holder().exchange(app, code), "invalid_grant")
        refused(app.exchange(code))
        assert holder.exchange(app, code).status_code == 200


def test_56_a_pushed_dpop_jkt_binds_the_code_without_a_proof(flow: Flow) -> None:
    holder = Holder()
    code = pushed(flow, flow.push(dpop_jkt=holder.jkt))
    refused(Holder().exchange(flow, code), "invalid_grant")
    assert holder.exchange(flow, code).status_code == 200


def test_56_a_proof_at_par_that_is_not_of_dpop_jkt_is_refused(flow: Flow) -> None:
    refused(push(flow, Holder(), dpop_jkt=Holder().jkt), "invalid_request")
    holder = Holder()
    assert push(flow, holder, dpop_jkt=holder.jkt).status_code == 201


def test_55_a_wrong_proof_at_par_is_invalid_dpop_proof(flow: Flow) -> None:
    holder = Holder()
    refused(flow.push(headers=flow.client_auth | holder.headers("/oauth/token")))
    proof = flow.client_auth | holder.headers("/oauth/par")
    assert flow.push(headers=proof).status_code == 201
    refused(flow.push(headers=proof))


@pytest.mark.parametrize("jkt", ["x", "x" * 42, "x" * 44, "é" * 43, "x" * 42 + "=", "x" * 42 + "+"])
def test_a_dpop_jkt_that_can_be_none_is_told_to_the_app(flow: Flow, jkt: str) -> None:
    told = query(flow.ask(dpop_jkt=jkt).location)
    assert (told["error"], told["state"]) == ("invalid_request", "the state")
    refused(flow.push(dpop_jkt=jkt), "invalid_request")
