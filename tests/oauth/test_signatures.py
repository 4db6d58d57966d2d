"""What is read of a client's signatures: the algorithms and keys that are taken, and that nothing else does harm."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwk, jws

from connect.core.public_keys import ALGORITHMS, public_key
from connect.oauth import signatures

KEYS: dict[str, Any] = {
    "ES256": jwk.ECKey.generate_key("P-256"),
    "PS256": jwk.RSAKey.generate_key(2048),
    "EdDSA": jwk.OKPKey.generate_key("Ed25519"),
    "Ed25519": jwk.OKPKey.generate_key("Ed25519"),
}
REGISTRY = signatures._registry


def signed(algorithm: str, key: Any, claims: bytes = b'{"jti":"x"}', **header: Any) -> str:
    return jws.serialize_compact({"alg": algorithm, **header}, claims, key, registry=REGISTRY)


def segment(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_was_signed_with_an_algorithm_that_is_taken_is_known_by_its_key(algorithm: str) -> None:
    key = KEYS[algorithm]
    read = signatures.read(signed(algorithm, key, kid="one"))
    assert read.claims == {"jti": "x"}
    assert read.made_with(public_key(key.as_dict(private=False)))
    assert not read.made_with(type(key).generate_key(2048 if algorithm == "PS256" else key.as_dict()["crv"]))


def test_a_changed_letter_is_seen() -> None:
    head, _body, signature = signed("ES256", KEYS["ES256"]).split(".")
    assert not signatures.read(f"{head}.{segment(b'{}')}.{signature}").made_with(KEYS["ES256"])


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256", "ES384", "ES256K", "Ed448", "", None, 7, ["ES256"]])
def test_no_other_algorithm_is_read(algorithm: Any) -> None:
    head = segment(json.dumps({"alg": algorithm}).encode())
    with pytest.raises(ValueError):
        signatures.read(f"{head}.{segment(b'{}')}.{segment(b'x' * 64)}")


def test_an_algorithm_that_does_not_fit_the_key_is_no_signature() -> None:
    assert not signatures.read(signed("ES256", KEYS["ES256"])).made_with(KEYS["Ed25519"])


@pytest.mark.parametrize("extension", [{"crit": ["b64"], "b64": False}, {"crit": ["b64"], "b64": True}, {"crit": []}])
def test_an_extension_that_must_be_understood_is_not_read(extension: dict[str, Any]) -> None:
    head = segment(json.dumps({"alg": "ES256"} | extension).encode())
    with pytest.raises(ValueError):
        signatures.read(f"{head}.{segment(b'{}')}.{segment(b'x' * 64)}")


EC, RSA = KEYS["ES256"].as_dict(private=False), KEYS["PS256"].as_dict(private=False)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "a text",
        {},
        KEYS["ES256"].as_dict(private=True),
        KEYS["PS256"].as_dict(private=True),
        {"kty": "oct", "k": "c2VjcmV0"},
        EC | {"crv": "P-384"},
        EC | {"x": EC["y"]},
        EC | {"x": 7},
        EC | {"x": ""},
        {"kty": "EC", "crv": "P-256", "x": EC["x"]},
        {"kty": ["EC"]},
        jwk.ECKey.generate_key("P-384").as_dict(private=False),
        jwk.OKPKey.generate_key("X25519").as_dict(private=False),
        RSA | {"n": RSA["n"][:300]},
        RSA | {"n": "A" * 340 + "BB"},
        RSA | {"n": RSA["n"] * 3},
        RSA | {"e": "AQ"},
        RSA | {"e": RSA["n"]},
    ],
    ids=lambda value: type(value).__name__,  # the keys are new each time, and every worker must call the tests the same
)
def test_other_keys_are_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        public_key(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "a.b",
        "a.b.c.d",
        "é.é.é",
        segment(b"[" * 3000) + ".e30.e30",
        segment(b'{"alg":"ES256","x":' + b"[" * 2500) + ".e30.e30",
        segment(b'{"alg":"ES256"}') + "." + segment(b"[" * 3000) + ".e30",
        segment(b'["alg"]') + ".e30.e30",
        segment(b'{"alg":"ES256"}') + "." + segment(b"[]") + ".e30",
        segment(b'{"alg":"ES256"}') + "." + segment(b"\xff") + ".e30",
        segment(b'{"alg":"ES256"}') + "." + segment(b'{"jti":"\\ud800"}') + ".e30",
        "x" * (signatures.LONGEST + 1),
    ],
)
def test_what_is_no_jwt_is_one_kind_of_error(text: str) -> None:
    with pytest.raises(ValueError):
        signatures.read(text)


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    st.lists,
    max_leaves=4,
)


@given(
    st.dictionaries(
        st.sampled_from(["kty", "crv", "x", "y", "n", "e", "d", "alg", "use"]),
        anything | st.sampled_from(["EC", "RSA", "OKP", "P-256", "Ed25519", EC["x"], RSA["n"]]),
    ),
    st.binary(max_size=100),
    st.dictionaries(st.text(max_size=4), anything),
)
def test_odd_input_raises_nothing_but_value_error(
    key: dict[str, Any], signature: bytes, claims: dict[str, Any]
) -> None:
    head = segment(json.dumps({"alg": "ES256", "jwk": key}).encode())
    try:
        read = signatures.read(f"{head}.{segment(json.dumps(claims).encode())}.{segment(signature)}")
        assert not read.made_with(public_key(read.header["jwk"]))
    except ValueError:
        pass
