"""The customer's words: nothing without words, no words that alarm, English where a language lacks one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from connect.scopes import text
from connect.scopes.catalogue import RESOURCES
from connect.scopes.fields import DataClass
from connect.scopes.masks import MASKS
from connect.scopes.scopes import GROUPS, SCOPES, Tier
from connect.scopes.terms import CHOICES, MEMBERS
from connect.scopes.text import languages, words

JARGON = re.compile(r"\b(api|scope|token|oauth|grant|uuid|json|metadata|endpoint|behalf)\b", re.IGNORECASE)


@pytest.mark.parametrize("language", languages())
def test_everything_that_a_customer_reads_has_its_words_and_no_other_has(language: str) -> None:
    said = words(language)
    assert set(said.scopes) == set(SCOPES)
    assert {name: set(fields) for name, fields in said.fields.items()} == {
        name: {field.name for field in resource.fields} for name, resource in RESOURCES.items()
    }
    assert set(said.resources) == set(RESOURCES)
    assert set(said.terms) == set(MEMBERS) == set(CHOICES)
    assert {name: set(term.choices) for name, term in said.terms.items()} == {
        name: set(choices) for name, choices in CHOICES.items()
    }
    assert set(said.tiers) == set(Tier)
    assert set(said.classes) == set(DataClass)
    assert set(said.masks) == set(MASKS)
    assert set(said.groups) == set(GROUPS)


@pytest.mark.parametrize(
    "file", sorted(Path(text.__file__).with_name("text").glob("*.toml")), ids=lambda file: file.stem
)
def test_no_words_are_empty_and_nothing_is_done_on_anybodys_behalf(file: Path) -> None:
    content = file.read_text(encoding="utf-8")
    assert '""' not in content
    assert "behalf" not in content.lower()


def test_scopes_fields_and_terms_are_told_without_jargon() -> None:
    said = words("en")
    spoken = [part for scope in said.scopes.values() for part in (scope.title, scope.sentence, scope.without)]
    spoken += [label for fields in said.fields.values() for label in fields.values()]
    spoken += [part for term in said.terms.values() for part in (term.title, term.sentence, *term.choices.values())]
    assert not [part for part in spoken if JARGON.search(part)]


def test_every_scope_is_told_in_whole_sentences() -> None:
    said = words("en").scopes
    assert not [name for name, scope in said.items() if not scope.sentence.endswith(".")]
    assert not [name for name, scope in said.items() if scope.title.endswith(".") or scope.without.endswith(".")]


def test_no_two_scopes_have_the_same_title() -> None:
    titles = [scope.title for scope in words("en").scopes.values()]
    assert len(titles) == len(set(titles))


def test_the_example_of_a_mask_is_what_the_mask_gives() -> None:
    said = words("en").masks
    assert f"{MASKS['number']('+919812345610')}." in said["number"].sentence
    assert str(MASKS["initials"]("Priya Bhatt")) in said["initials"].sentence


def test_an_unknown_language_is_english() -> None:
    assert words("xx") == words("en")
    assert words("../en") == words("en")


def test_a_language_that_lacks_a_word_shows_the_english_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    english = Path(text.__file__).with_name("text") / "en.toml"
    (tmp_path / "en.toml").write_text(english.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "hi.toml").write_text('[scope."account:read"]\ntitle = "आपका व्यवसाय"\n', encoding="utf-8")
    monkeypatch.setattr(text, "_FOLDER", tmp_path)
    words.cache_clear()
    hindi = words("hi")
    words.cache_clear()
    assert hindi.language == "hi"
    assert hindi.scopes["account:read"].title == "आपका व्यवसाय"
    assert hindi.scopes["account:read"].sentence == words("en").scopes["account:read"].sentence


def test_the_choices_of_a_term_stand_in_the_order_in_which_they_are_offered() -> None:
    english = Path(text.__file__).with_name("text") / "en.toml"
    said = tomllib.loads(english.read_text(encoding="utf-8"))["term"]
    assert {name: tuple(term["choice"]) for name, term in said.items()} == CHOICES


def test_what_a_page_says_of_scopes_is_ready_to_be_hashed() -> None:
    assert words("en").of_scopes(["users:read", "account:read", "users:read"]) == {
        "account:read": [words("en").scopes["account:read"].title, words("en").scopes["account:read"].sentence],
        "users:read": [words("en").scopes["users:read"].title, words("en").scopes["users:read"].sentence],
    }
