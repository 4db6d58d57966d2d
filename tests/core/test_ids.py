"""Ids grow, show themselves as text and back, and tokens carry a check."""

from __future__ import annotations

import threading
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect.core import ids, settings


@pytest.fixture(autouse=True)
def _settings() -> None:
    settings.activate(settings.load())


def test_ids_grow_within_a_process_also_across_threads() -> None:
    made: list[list[UUID]] = []
    threads = [threading.Thread(target=lambda: made.append([ids.new() for _ in range(2000)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(part == sorted(part) for part in made)
    assert len({one for part in made for one in part}) == 8000
    assert {one.version for part in made for one in part} == {7}


@given(st.uuids())
def test_an_id_survives_its_text(value: UUID) -> None:
    assert ids.decode("call", ids.encode("call", value)) == value == ids.decode("call", ids.encode("call", value.bytes))


@given(st.uuids(), st.uuids())
def test_texts_sort_as_ids_do(one: UUID, other: UUID) -> None:
    assert (ids.encode("x", one) < ids.encode("x", other)) == (one < other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "call",
        "call_",
        "num_01m88a1stme9ct12jvxgkscbj7",
        "call_01M88A1STME9CT12JVXGKSCBJ7",
        "call_" + "z" * 26,
        "call_" + "u" * 26,
        "call_०" * 26,
    ],
)
def test_a_text_that_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        ids.decode("call", text)


def test_a_token_carries_a_check_that_a_typing_error_breaks() -> None:
    token = ids.token("vta")
    assert ids.is_token("vta", token) and not ids.is_token("vtr", token)
    assert not ids.is_token("vta", token[:10] + ("A" if token[10] != "A" else "B") + token[11:])
    assert not ids.is_token("vta", "vta_é" + token[5:])


def test_tokens_do_not_repeat_and_rest_as_a_digest() -> None:
    tokens = {ids.token("vtc") for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(ids.digest(token)) == 32 and token.encode() not in ids.digest(token) for token in tokens)
