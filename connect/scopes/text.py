"""The customer's words for scopes, fields, terms, classes, tiers and masks: `text/<language>.toml`, loaded without Flask."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ENGLISH = "en"
_FOLDER = Path(__file__).with_name("text")


@dataclass(frozen=True)
class Phrase:
    """A title and one plain sentence."""

    title: str
    sentence: str


@dataclass(frozen=True)
class ScopeWords:
    """`title` heads the row, `sentence` says what the app gets, `without` completes "This app will not get: ..."."""

    title: str
    sentence: str
    without: str


@dataclass(frozen=True)
class TermWords:
    """`title` is the question, `choices` the answers; the choice `other` holds {count}, {days} or {date}."""

    title: str
    sentence: str
    choices: Mapping[str, str]


@dataclass(frozen=True)
class Words:
    """The words of one language; what its file lacks is English. `fields` are by resource, then by field."""

    language: str
    scopes: Mapping[str, ScopeWords]
    terms: Mapping[str, TermWords]
    tiers: Mapping[str, Phrase]
    classes: Mapping[int, Phrase]
    masks: Mapping[str, Phrase]
    groups: Mapping[str, str]
    resources: Mapping[str, str]
    fields: Mapping[str, Mapping[str, str]]

    def of_scopes(self, scopes: Iterable[str]) -> dict[str, list[str]]:
        """What a page says of `scopes`, as JSON: part of the `texts` of the notice hash."""
        return {name: [self.scopes[name].title, self.scopes[name].sentence] for name in sorted(set(scopes))}


def languages() -> tuple[str, ...]:
    """The languages that have a file, sorted."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


@cache
def words(language: str = ENGLISH) -> Words:
    """The words of `language`; English where there is no such language, or no such word in it."""
    known = language if language in languages() else ENGLISH
    said = _merged(_read(ENGLISH), _read(known))
    return Words(
        language=known,
        scopes={name: ScopeWords(**texts) for name, texts in said["scope"].items()},
        terms={name: _term(texts) for name, texts in said["term"].items()},
        tiers=_phrases(said["tier"]),
        classes={int(number): phrase for number, phrase in _phrases(said["class"]).items()},
        masks=_phrases(said["mask"]),
        groups=said["group"],
        resources=said["resource"],
        fields=said["field"],
    )


def _read(language: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def _merged(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` on `base`, table by table."""
    tables = {name: _merged(base[name], value) for name, value in over.items() if isinstance(base.get(name), dict)}
    return {**base, **over, **tables}


def _phrases(tables: Mapping[str, Any]) -> dict[str, Phrase]:
    return {name: Phrase(**texts) for name, texts in tables.items()}


def _term(texts: Mapping[str, Any]) -> TermWords:
    return TermWords(texts["title"], texts["sentence"], texts["choice"])
