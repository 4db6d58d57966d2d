"""Passwords: how they are kept, what may be one."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, extract_parameters

from connect.accounts import passwords
from connect.accounts.errors import InvalidPerson
from connect.core import settings


@pytest.fixture(autouse=True)
def active() -> None:
    settings.activate(settings.load())


def test_a_hash_is_argon2id_with_the_parameters_of_rfc_9106(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher())
    made = passwords.make_hash("a long way home")
    parameters = extract_parameters(made)
    assert made.startswith("$argon2id$v=19$")
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (65_536, 3, 4)


def test_the_hasher_in_use_is_the_one_with_these_parameters() -> None:
    import importlib

    fresh = importlib.reload(passwords)
    assert (fresh._hasher.memory_cost, fresh._hasher.time_cost) == (65_536, 3)


def test_two_hashes_of_one_password_differ_and_both_verify() -> None:
    one, two = passwords.make_hash("a long way home"), passwords.make_hash("a long way home")
    assert one != two
    assert passwords.verify(one, "a long way home") and passwords.verify(two, "a long way home")
    assert not passwords.verify(one, "a long way hom")


@pytest.mark.parametrize("known", [None, "", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$broken"])
def test_what_is_no_hash_verifies_nothing(known: str | None) -> None:
    assert not passwords.verify(known, "a long way home")


def test_the_same_password_typed_in_another_composition_of_letters_is_the_same() -> None:
    assert passwords.verify(passwords.make_hash("caf\u00e9 at noon, twice"), "cafe\u0301 at noon, twice")


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("eleven char", "at least 12"),
        ("x" * 257, "at most 256"),
        ("abcabcabcabc", "guessed"),
        ("Asha@Sharma.example", "guessed"),
    ],
)
def test_a_password_that_would_be_guessed_is_refused(password: str, said: str) -> None:
    with pytest.raises(InvalidPerson, match=said):
        passwords.check(password, "asha@sharma.example")


def test_a_few_words_in_a_row_are_a_password_in_any_script() -> None:
    passwords.check("nine trains to Nagpur", "asha@sharma.example")
    passwords.check("नौ रेलगाड़ियाँ नागपुर को", "asha@sharma.example")
