"""JWK Sets of others: which are taken, and what is said of those that are not. Keys one at a time: tests/oauth/test_signatures.py."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwk

from connect.core import public_keys
from connect.core.public_keys import MOST_IN_A_SET, strict_set, useful_of_set

EC = jwk.ECKey.generate_key("P-256")
RSA = jwk.RSAKey.generate_key(2048)
OKP = jwk.OKPKey.generate_key("Ed25519")


def public(key: Any, **members: Any) -> dict[str, Any]:
    return {**key.as_dict(private=False), **members}


def keys(*members: Any) -> dict[str, Any]:
    return {"keys": list(members)}


GOOD = keys(
    public(EC, kid="one"), public(RSA, kid="two", alg="PS256", use="sig"), public(OKP, kid="three", key_ops=["verify"])
)


@pytest.mark.parametrize("read", [strict_set, useful_of_set])
def test_a_set_is_read_with_the_names_and_thumbprints_of_its_keys(read: Any) -> None:
    found = read(GOOD)
    assert [(key.kid, key.kind, key.alg) for key in found] == [
        ("one", "EC", None),
        ("two", "RSA", "PS256"),
        ("three", "OKP", None),
    ]
    assert [key.thumbprint for key in found] == [key.thumbprint() for key in (EC, RSA, OKP)]


def test_what_is_kept_of_a_set_is_what_a_key_needs_and_its_names() -> None:
    given = keys(public(EC, kid="one", alg="ES256", use="sig", x5c=["MIIB"], note="ours"))
    kept = public_keys.as_json(strict_set(given))
    assert set(kept["keys"][0]) == {"kty", "crv", "x", "y", "kid", "alg"}
    assert public_keys.as_json(strict_set(kept)) == kept


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "list of keys"),
        ([], "list of keys"),
        ("keys", "list of keys"),
        ({}, "list of keys"),
        ({"keys": {}}, "list of keys"),
        (keys(), "no key"),
        (keys(None), "key 1: it is not a public key"),
        (keys(public(EC, kid="one"), EC.as_dict(private=True)), "key 2: it is not a public key"),
        (keys(RSA.as_dict(private=True)), "key 1: it is not a public key"),
        (keys({"kty": "oct", "k": "c2VjcmV0"}), "key 1: it is not a public key"),
        (keys(public(jwk.ECKey.generate_key("P-384"))), "key 1: it is not on P-256"),
        (keys(public(EC, use="enc")), "signatures"),
        (keys(public(EC, key_ops=["sign"])), "signatures"),
        (keys(public(EC, key_ops="verify")), "signatures"),
        (keys(public(EC, alg="PS256")), "its alg must be ES256"),
        (keys(public(RSA, alg="RS256")), "its alg must be PS256"),
        (keys(public(EC, kid="")), "kid"),
        (keys(public(EC, kid=7)), "kid"),
        (keys(public(EC, kid="x" * 129)), "kid"),
        (keys(public(EC, kid="a b")), "kid"),
        (keys(public(EC, kid="\u0939")), "kid"),
        (keys(public(EC, kid="one"), public(OKP, kid="one")), "a kid of its own"),
        (keys(public(EC, kid="one"), public(OKP)), "a kid of its own"),
        (keys(*[public(EC, kid=str(each)) for each in range(MOST_IN_A_SET + 1)]), "10 keys at most"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_set_is_said(value: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        strict_set(value)


def test_beside_the_keys_of_a_published_set_others_may_stand() -> None:
    mixed = keys(public(EC, use="enc"), public(RSA, alg="RS256"), {"kty": "AKP"}, None, public(OKP, kid="one"))
    assert [key.kid for key in useful_of_set(mixed)] == ["one"]
    with pytest.raises(ValueError, match="no key for"):
        useful_of_set(keys(public(RSA, alg="RS256")))


def test_a_published_set_with_a_private_key_in_it_is_of_no_use_at_all() -> None:
    with pytest.raises(ValueError, match="private"):
        useful_of_set(keys(public(OKP, kid="one"), EC.as_dict(private=True)))


def test_a_key_may_check_by_its_own_algorithm_alone() -> None:
    ec, rsa, okp = strict_set(GOOD)
    assert [name for name in public_keys.ALGORITHMS if ec.may_check(name)] == ["ES256"]
    assert [name for name in public_keys.ALGORITHMS if rsa.may_check(name)] == ["PS256"]
    assert [name for name in public_keys.ALGORITHMS if okp.may_check(name)] == ["EdDSA", "Ed25519"]


anything = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), st.lists, max_leaves=4)


@given(
    st.lists(st.dictionaries(st.sampled_from([*public(EC), "kid", "alg", "use", "key_ops", "d"]), anything)) | anything
)
def test_odd_sets_raise_nothing_but_value_error(value: Any) -> None:
    for read in (strict_set, useful_of_set):
        with pytest.raises(ValueError):
            read({"keys": value})
