"""Whatever a comment, docstring or page cites by number or by file name can be looked up in docs/contributor/ or in the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from tests.guards.source import EVERYTHING, ROOT

SUFFIXES = {".py", ".html", ".js", ".css", ".toml", ".md", ".txt", ".go"}
NOT_OURS = {"vendor", "node_modules"}
RULES = Path("docs/contributor/rules.md")
SERVER = Path("docs/contributor/authorization-server.md")

NUMBER = r"\d+(?:-\d+)?"
PROMISE = re.compile(r"\bP(\d{1,2})\b")
HOUSE_RULE = re.compile(r"\bR(\d{1,2})\b")
TRAPS = re.compile(r"\btraps? (T\d+(?:(?:,| and| to| …) T\d+)*)", re.IGNORECASE)
BARE_TRAP = re.compile(r"\bT(?:[4-9]|1\d)\b")  # T0 to T3 alone are tiers of scopes
CHECKLIST = re.compile(rf"\bchecklist ({NUMBER}(?:(?:,| and) {NUMBER})*)", re.IGNORECASE)
NUMBERED_TEST = re.compile(r"\bdef test_(\d\d)_(?:(\d\d)_)?")
DOCUMENT = re.compile(r"(?<![\w{}*/.-])[\w./-]*\w\.md\b")


def files() -> list[Path]:
    """Every text file of the project that is ours, as paths from its root."""
    folders = (path for folder in (*EVERYTHING, "docs") for path in (ROOT / folder).rglob("*"))
    found = (path.relative_to(ROOT) for path in chain(ROOT.iterdir(), folders))
    return sorted(path for path in found if path.suffix in SUFFIXES and not NOT_OURS & set(path.parts))


FILES = files()
DOCUMENTS = [path for path in FILES if path.suffix == ".md"]


def cited(pattern: re.Pattern[str], folder: str = "") -> Iterator[tuple[Path, str]]:
    """Each match of the pattern's group, with its file; this file, which has the patterns, is left out."""
    for path in FILES:
        if str(path).startswith(folder) and path != Path(__file__).relative_to(ROOT):
            yield from ((path, match) for match in pattern.findall((ROOT / path).read_text(encoding="utf-8")))


def numbers(said: str) -> set[int]:
    """`3-6, 9` as the numbers it stands for."""
    spans = [[int(end) for end in part.split("-")] for part in re.findall(NUMBER, said)]
    return {number for span in spans for number in range(span[0], span[-1] + 1)}


def written(document: Path, line: str) -> set[int]:
    return {int(number) for number in re.findall(line, (ROOT / document).read_text(), re.MULTILINE)}


@pytest.mark.parametrize(
    ("pattern", "document", "line"),
    [
        (PROMISE, RULES, r"^\| P(\d+) \|"),
        (HOUSE_RULE, RULES, r"^### R(\d+)\. "),
        (TRAPS, SERVER, r"^\| T(\d+) \|"),
        (CHECKLIST, SERVER, r"^\| (\d+) \|"),
    ],
    ids=["promise", "rule of the house", "trap", "checklist"],
)
def test_what_is_cited_by_number_is_written_down(pattern: re.Pattern[str], document: Path, line: str) -> None:
    known = written(document, line)
    unknown = [f"{path}: {said}" for path, said in cited(pattern) if not numbers(said) <= known]
    assert known
    assert not unknown


def test_a_trap_is_called_one() -> None:
    """T1 alone may be a tier of scopes; so whatever cites a trap says the word."""
    code = (path for path in FILES if path.suffix in {".py", ".html"})
    said = ((path, TRAPS.sub("", (ROOT / path).read_text())) for path in code)
    assert not [f"{path}: {bare}" for path, text in said for bare in BARE_TRAP.findall(text)]


def test_a_test_with_a_number_proves_a_line_of_the_checklist() -> None:
    known = written(SERVER, r"^\| (\d+) \|")
    named = [(path, int(number)) for path, pair in cited(NUMBERED_TEST, "tests/oauth") for number in pair if number]
    assert named
    assert not [f"{path}: {number}" for path, number in named if number not in known]


def test_each_line_of_the_checklist_names_its_test_or_says_that_it_is_not_built() -> None:
    lines = [line for line in (ROOT / SERVER).read_text().splitlines() if re.match(r"\| \d+ \|", line)]
    assert [int(line.split("|")[1]) for line in lines] == list(range(1, 66))
    assert not [line for line in lines if "`tests/" not in line and "not built" not in line]


def test_a_document_that_is_named_is_in_the_repository() -> None:
    missing = [f"{path}: {name}" for path, name in cited(DOCUMENT) if not _exists(path, name)]
    assert not missing


def _exists(citing: Path, name: str) -> bool:
    """By its path from the root or from the citing file's folder; a bare name may stand anywhere."""
    if "/" in name:
        return (ROOT / name).is_file() or (ROOT / citing.parent / name).is_file()
    return any(document.name == name for document in DOCUMENTS)
