"""Masks keep what they say and nothing else, whatever a phone book holds."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from connect.scopes.masks import DOT, DOTS, initials, number

CODES = st.sampled_from(sorted(map(str, COUNTRY_CODE_TO_REGION_CODE)))
DIGITS = st.text("0123456789", min_size=6, max_size=12)
# Odd input: anything at all, and anything made of the signs that matter.
ODD = st.text() | st.text("+0123456789 -()\u0660\u0966\uff0b\u200f", max_size=30)


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("+919812345610", "+91••••••10"),
        ("+14155550123", "+1••••••23"),
        ("+35312345678", "+353••••••78"),
        ("+91 98123-456 10", "+91••••••10"),
        ("9812345610", "••••••10"),
        ("+09812345610", "••••••10"),
        ("112", "••••••"),
        ("+919810", "••••••"),
        ("+91", "••••••"),
        ("", "••••••"),
        ("anonymous", "••••••"),
        ("\u200f+\u0669\u0661\u0669\u0668\u0661\u0662\u0663\u0664\u0665\u0666\u0661\u0660", "+91••••••10"),
        ("x9812345610", "••••••10"),
        ("98+12345610", "••••••10"),
    ],
)
def test_a_number_keeps_its_country_code_and_its_last_two_digits(value: str, masked: str) -> None:
    assert number(value) == masked


@given(CODES, DIGITS, DIGITS, st.text("0123456789", min_size=2, max_size=2))
def test_two_numbers_that_differ_only_in_the_hidden_part_look_alike(code: str, one: str, other: str, end: str) -> None:
    assert number(f"+{code}{one}{end}") == number(f"+{code}{other}{end}") == f"+{code}{DOTS}{end}"


@given(ODD)
def test_a_masked_number_shows_at_most_a_country_code_and_two_digits(value: str) -> None:
    masked = number(value)
    assert masked is not None
    code, dots, end = masked.partition(DOTS)
    assert dots == DOTS
    assert code == "" or code[1:] in set(map(str, COUNTRY_CODE_TO_REGION_CODE))
    assert end == "" or (len(end) == 2 and end.isascii() and end.isdecimal())


@given(ODD)
def test_a_masked_number_always_hides_four_digits_or_all(value: str) -> None:
    masked = number(value)
    assert masked is not None
    visible = sum(sign.isdecimal() for sign in masked)
    assert visible == 0 or sum(sign.isdecimal() for sign in value) - visible >= 4


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("Priya Bhatt", "P. B."),
        ("priya", "P."),
        ("Anna Maria de Souza", "A. S."),
        ("(Dr.) Rao", "D. R."),
        ("प्रिया शर्मा", "प. श."),
        ("محمد علي", "م. ع."),
        ("ßa", "S."),
        ("9812345610", "•"),
        ("Priya 9812345610", "P."),
        ("王小明", "•"),
        ("김 영희", "•"),
        ("Ｐriya", "•"),
        ("", "•"),
        (" \u200f ", "•"),
        ("\U0001f600", "•"),
    ],
)
def test_a_name_keeps_the_first_letters_of_its_first_and_last_word(value: str, masked: str) -> None:
    assert initials(value) == masked


@given(st.text() | st.text("ab 1\u0301\u0939\u738b\u200f.", max_size=20))
def test_a_masked_name_shows_at_most_two_letters_each_the_beginning_of_a_word(value: str) -> None:
    masked = initials(value)
    assert masked is not None
    letters = [] if masked == DOT else [part.removesuffix(".") for part in masked.split(" ")]
    assert len(letters) <= 2
    assert all(len(letter) == 1 for letter in letters)
    firsts = {next(filter(str.isalpha, word), "").upper()[:1] for word in value.split()}
    assert set(letters) <= firsts


@given(st.text("bcdfgh", min_size=1), st.text("bcdfgh", min_size=1))
def test_names_with_the_same_beginnings_look_alike(one: str, other: str) -> None:
    assume(one != other)
    assert initials(f"A{one} A{other}") == initials(f"A{other} A{one}") == "A. A."


def test_no_value_stays_no_value() -> None:
    assert number(None) is None
    assert initials(None) is None
