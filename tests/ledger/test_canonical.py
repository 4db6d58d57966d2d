"""Canonical JSON, against the rfc8785 package as an implementation that is not ours."""

from __future__ import annotations

import enum
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from connect.ledger import canonical
from connect.ledger.canonical import NotCanonical

_MOST = 2**53 - 1
_TEXT = st.text(st.characters(exclude_categories=("Cs",)))
_KEYS = st.text(st.characters(max_codepoint=127), max_size=8)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-_MOST, _MOST) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=20,
)


class Colour(enum.StrEnum):
    RED = "red"


@given(_VALUES)
def test_bytes_are_those_of_an_independent_rfc_8785_implementation(value: Any) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)


@given(_VALUES)
def test_what_was_encoded_decodes_to_the_same_value(value: Any) -> None:
    assert canonical.decode(canonical.encode(value)) == value


def test_members_are_sorted_and_nothing_is_padded() -> None:
    assert canonical.encode({"b": [1, None, True], "a": {"z": "é\n\x1f", "B": ""}}) == (
        '{"a":{"B":"","z":"é\\n\\u001f"},"b":[1,null,true]}'.encode()
    )


@pytest.mark.parametrize(
    "foreign",
    [
        1.0,
        float("nan"),
        2**53,
        -(2**53),
        b"bytes",
        datetime(2026, 1, 1, tzinfo=UTC),
        uuid.UUID(int=1),
        Colour.RED,
        {"é": 1},
        {1: "number as key"},
        {Colour.RED: 1},
        {"set": {1}},
        "\ud800",
        [[{"deep": 0.5}]],
    ],
    ids=repr,
)
def test_a_value_outside_the_profile_is_refused(foreign: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical.encode(foreign)


@pytest.mark.parametrize("data", [b'{"b":1,"a":2}', b'{"a": 1}', b'{"a":1,"a":1}', b'"\\u0041"', b"1.0", b"{", b"\xff"])
def test_bytes_in_another_spelling_are_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        canonical.decode(data)
