"""Modules of the OpenID Foundation's suite for FAPI 2.0 about client assertions, each by its name there."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from connect.core import clock as core_clock
from connect.core import settings
from tests.oauth.flow import Flow
from tests.oauth.holder import KINDS, Holder, with_key
from tests.oauth.test_dpop import refused


def signed(flow: Flow, **claims: Any) -> dict[str, str]:
    """The parameters of a request with an assertion of the app's own key that says otherwise in `claims`."""
    assert isinstance(flow.signer, Holder)
    return flow.signer.credentials(flow.world.client_id, **claims)


def exchange(flow: Flow, **form: str | None) -> TestResponse:
    """A code exchanged in the one way that the app may."""
    return flow.exchange(flow.code(), headers=Holder().headers(), **form)


def at(seconds: int) -> int:
    return int(core_clock.now().timestamp()) + seconds


def test_ensure_signed_client_assertion_with_RS256_fails(app: Flask) -> None:  # noqa: N802 - the suite's name
    holder = Holder("PS256", kid="first")
    fapi = with_key(app, holder, profile="fapi")
    code = fapi.code()
    wrong = Holder("RS256", holder.key, kid="first").credentials(fapi.world.client_id)
    refused(fapi.exchange(code, headers=Holder().headers(), **wrong), "invalid_client")
    assert Holder().exchange(fapi, code).status_code == 200


def test_ensure_client_assertion_in_token_endpoint(fapi: Flow) -> None:
    without = {"client_assertion": None, "client_assertion_type": None, "client_id": fapi.world.client_id}
    refused(exchange(fapi, **without), "invalid_client")


def test_ensure_client_assertion_with_exp_is_5_minutes_in_past_fails(fapi: Flow) -> None:
    refused(exchange(fapi, **signed(fapi, iat=at(-360), exp=at(-300))), "invalid_client")


def test_ensure_client_assertion_with_wrong_aud_fails(fapi: Flow) -> None:
    refused(exchange(fapi, **signed(fapi, aud="https://other.example")), "invalid_client")


def test_ensure_client_assertion_with_no_sub_fails(fapi: Flow) -> None:
    refused(exchange(fapi, **signed(fapi, sub=None)), "invalid_client")


@pytest.mark.parametrize("wrong", ["its key", "its name"])
def test_ensure_client_id_in_token_endpoint(app: Flask, fapi: Flow, wrong: str) -> None:
    """Named as another client than the one that signs: by the assertion, or by the parameter."""
    assert isinstance(fapi.signer, Holder)
    other = with_key(app, Holder(kid="first"), "Other Traders", profile="fapi")
    form = {"client_id": other.world.client_id}
    if wrong == "its key":
        form |= fapi.signer.credentials(other.world.client_id)
    refused(exchange(fapi, **form), "invalid_client")


def test_par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted(fapi: Flow) -> None:
    assert fapi.push(**signed(fapi, nbf=at(8), iat=at(8))).status_code == 201


def test_par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails(fapi: Flow) -> None:
    refused(fapi.push(**signed(fapi, nbf=at(65))), "invalid_client")


def test_par_test_array_as_audience_fails(fapi: Flow) -> None:
    refused(fapi.push(**signed(fapi, aud=[settings.current().base_url])), "invalid_client")


def test_par_test_par_endpoint_url_as_audience_fails(fapi: Flow) -> None:
    refused(fapi.push(**signed(fapi, aud=settings.current().base_url + "/oauth/par")), "invalid_client")


def test_par_test_token_endpoint_url_as_audience_fails(fapi: Flow) -> None:
    refused(fapi.push(**signed(fapi, aud=settings.current().base_url + "/oauth/token")), "invalid_client")


@pytest.mark.parametrize("algorithm", sorted(KINDS))
def test_every_algorithm_of_the_profile_does(app: Flask, algorithm: str) -> None:
    fapi = with_key(app, Holder(algorithm), profile="fapi")
    assert exchange(fapi).status_code == 200
