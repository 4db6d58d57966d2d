"""Modules of the OpenID Foundation's suite for FAPI 2.0 about authorization requests, each by its name there."""

from __future__ import annotations

import pytest
from flask import Flask

from connect.oauth.pushed import URN
from tests.oauth.flow import CHALLENGE, OFFLINE, VERIFIER, Flow, query
from tests.oauth.holder import Holder, with_key
from tests.oauth.test_dpop import refused
from tests.oauth.test_pushed import pushed, useless
from tests.support.clock import Clock


def answered(fapi: Flow, request_uri: str, **beside: str) -> dict[str, str]:
    """What the app hears once its pushed request is allowed."""
    return query(fapi.allow(fapi.id_in(fapi.bring(request_uri, **beside).location)))


def exchanged(fapi: Flow, code: str, **form: str | None) -> int:
    return fapi.exchange(code, headers=Holder().headers(), **form).status_code


def test_happy_flow(fapi: Flow) -> None:
    holder = Holder()
    said = answered(fapi, pushed(fapi))
    assert said["state"] == "the state"
    assert said["iss"]
    tokens = holder.exchange(fapi, said["code"]).json
    assert (tokens["token_type"], set(tokens["scope"].split())) == ("DPoP", OFFLINE)
    assert holder.get(fapi.app, tokens["access_token"]).status_code == 200


def test_user_rejects_authentication(fapi: Flow) -> None:
    said = query(fapi.refuse(fapi.id_in(fapi.bring(pushed(fapi)).location)))
    assert (said["error"], said["state"]) == ("access_denied", "the state")
    assert "code" not in said


def test_ensure_authorization_request_without_state_success(fapi: Flow) -> None:
    said = answered(fapi, pushed(fapi, state=None))
    assert "state" not in said
    assert exchanged(fapi, said["code"]) == 200


def test_ensure_authorization_request_with_long_state(fapi: Flow) -> None:
    long = "s" * 1000
    assert answered(fapi, pushed(fapi, state=long))["state"] == long


def test_ensure_different_state_inside_and_outside_request_object(fapi: Flow) -> None:
    assert answered(fapi, pushed(fapi), state="another")["state"] == "the state"


def test_state_only_outside_request_object_not_used(fapi: Flow) -> None:
    assert "state" not in answered(fapi, pushed(fapi, state=None), state="outside")


def test_ensure_request_object_without_redirect_uri_fails(fapi: Flow) -> None:
    refused(fapi.push(redirect_uri=None), "invalid_request")


def test_ensure_redirect_uri_in_authorization_request(fapi: Flow) -> None:
    """One that stands beside the reference does not take its place."""
    refused(fapi.push(redirect_uri=None), "invalid_request")
    request = fapi.bring(pushed(fapi), redirect_uri="https://evil.example/cb")
    assert fapi.allow(fapi.id_in(request.location)).startswith(f"{fapi.redirect_uri}?")


def test_plain_fapi_tolerate_unregistered_redirect_uri(fapi: Flow) -> None:
    """RFC 9126 2.4 lets a server take one that is pushed. This one does not, and the module allows that."""
    refused(fapi.push(redirect_uri=fapi.redirect_uri + "/another"), "invalid_request")


@pytest.mark.parametrize("prompt", [None, "none"])
def test_ensure_unsigned_authorization_request_without_using_par_fails(fapi: Flow, prompt: str | None) -> None:
    """Checklist 25. The app is told, and no request is kept."""
    answer = fapi.ask(prompt=prompt)
    said = query(answer.location)
    assert answer.status_code == 303
    assert answer.location.startswith(f"{fapi.redirect_uri}?")
    assert (said["error"], said["state"]) == ("invalid_request", "the state")
    assert "push" in said["error_description"]


def test_ensure_response_type_code_idtoken_fails(fapi: Flow) -> None:
    refused(fapi.push(response_type="code id_token"), "unsupported_response_type")


def test_ensure_response_type_token_fails(fapi: Flow) -> None:
    refused(fapi.push(response_type="token"), "unsupported_response_type")


def test_par_ensure_pkce_required(fapi: Flow) -> None:
    refused(fapi.push(code_challenge=None), "invalid_request")
    refused(fapi.push(code_challenge=None, code_challenge_method=None), "invalid_request")


def test_par_plain_pkce_rejected(fapi: Flow) -> None:
    refused(fapi.push(code_challenge=VERIFIER, code_challenge_method="plain"), "invalid_request")
    refused(fapi.push(code_challenge=CHALLENGE, code_challenge_method=None), "invalid_request")


def test_ensure_pkce_code_verifier_required(fapi: Flow) -> None:
    code = fapi.code()
    assert exchanged(fapi, code, code_verifier=None) == 400
    assert exchanged(fapi, code) == 200


def test_incorrect_pkce_code_verifier_rejected(fapi: Flow) -> None:
    code = fapi.code()
    assert exchanged(fapi, code, code_verifier="x" * 43) == 400
    assert exchanged(fapi, code) == 200


def test_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds(fapi: Flow) -> None:
    request_uri = pushed(fapi)
    assert fapi.bring(request_uri).location == fapi.bring(request_uri).location
    assert exchanged(fapi, answered(fapi, request_uri)["code"]) == 200


def test_par_attempt_reuse_request_uri(fapi: Flow) -> None:
    request_uri = pushed(fapi)
    answered(fapi, request_uri)
    assert useless(fapi.bring(request_uri))


def test_par_attempt_to_use_expired_request_uri(fapi: Flow, clock: Clock) -> None:
    answer = fapi.push()
    assert answer.json["expires_in"] < 600
    clock.move(seconds=answer.json["expires_in"] + 1)
    assert useless(fapi.bring(answer.json["request_uri"]))


def test_par_attempt_to_use_request_uri_for_different_client(app: Flask, fapi: Flow) -> None:
    other = with_key(app, Holder(), "Other Traders", profile="fapi")
    assert useless(other.bring(pushed(fapi)))


def test_par_authorization_request_containing_request_uri_form_param(fapi: Flow) -> None:
    refused(fapi.push(request_uri=URN + "anything"), "invalid_request")
    refused(fapi.push(request_uri=pushed(fapi)), "invalid_request")


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_par_attempt_invalid_http_method(fapi: Flow, method: str) -> None:
    answer = fapi.app.test_client().open("/oauth/par", method=method)
    assert answer.status_code == 405


def test_par_without_duplicate_parameters(fapi: Flow) -> None:
    """Nothing but the client's id stands beside the reference."""
    request = fapi.ask_raw(f"client_id={fapi.world.client_id}&request_uri={pushed(fapi)}")
    assert query(fapi.allow(fapi.id_in(request.location)))["code"]
