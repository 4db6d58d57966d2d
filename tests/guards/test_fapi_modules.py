"""Each module of the OpenID Foundation's suite for FAPI 2.0 that applies here has a test of its name.

The plan is that of a registered client with code, PKCE, pushed requests, private_key_jwt and DPoP.
"""

from __future__ import annotations

import re

from tests.guards.source import ROOT

PLAN = """
discovery-end-point-verification happy-flow user-rejects-authentication ensure-authorization-request-without-state-success
access-token-type-header-case-sensitivity check-dpop-proof-nbf-exp ensure-dpopproof-with-iat-10seconds-before-succeeds
ensure-dpopproof-with-iat-10seconds-after-succeeds ensure-mismatched-dpop-jkt-fails
ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt ensure-token-endpoint-fails-with-mismatched-dpop-jkt
ensure-dpopproof-at-par-endpoint-binding-success ensure-dpop-auth-code-binding-success
ensure-different-state-inside-and-outside-request-object ensure-authorization-request-with-long-state
state-only-outside-request-object-not-used ensure-request-object-without-redirect-uri-fails
plain-fapi-tolerate-unregistered-redirect-uri ensure-unsigned-authorization-request-without-using-par-fails
ensure-redirect-uri-in-authorization-request ensure-response-type-code-idtoken-fails ensure-response-type-token-fails
ensure-client-id-in-token-endpoint ensure-holder-of-key-required ensure-authorization-code-is-bound-to-client
attempt-reuse-authorization-code-after-one-second ensure-token-endpoint-fails-with-expired-auth-code
ensure-signed-client-assertion-with-RS256-fails ensure-client-assertion-in-token-endpoint
ensure-client-assertion-with-exp-is-5-minutes-in-past-fails ensure-client-assertion-with-wrong-aud-fails
ensure-client-assertion-with-no-sub-fails dpop-negative-tests refresh-token par-ensure-pkce-required
ensure-pkce-code-verifier-required incorrect-pkce-code-verifier-rejected par-plain-pkce-rejected
par-ensure-reused-request-uri-prior-to-auth-completion-succeeds par-attempt-reuse-request_uri
par-attempt-to-use-expired-request_uri par-attempt-to-use-request_uri-for-different-client
par-authorization-request-containing-request_uri-form-param par-attempt-invalid-http-method par-without-duplicate-parameters
par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted
par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails par-test-array-as-audience-fails
par-test-par-endpoint-url-as-audience-fails par-test-token-endpoint-url-as-audience-fails
"""


def test_each_module_of_the_suite_has_one_test_of_its_name() -> None:
    modules = PLAN.split()
    files = sorted((ROOT / "tests/oauth").glob("test_fapi_*.py"))
    tests = [name for file in files for name in re.findall(r"^def test_(\w+)\(", file.read_text(), re.MULTILINE)]
    assert len(set(modules)) == len(modules) == 50
    assert {name: tests.count(name.replace("-", "_")) for name in modules} == dict.fromkeys(modules, 1)
