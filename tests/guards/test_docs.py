"""What the documentation names is there: files it links to, targets of make, commands and their options."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from connect.cli.main import connect
from tests.guards.source import ROOT

FOLDERS = ("docs", "examples")
DOCUMENTS = [
    Path("README.md"),
    *sorted(path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*.md")),
]
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_link_leads_to_a_file(document: Path) -> None:
    folder = (ROOT / document).parent
    assert not [target for target in LINK.findall((ROOT / document).read_text()) if not (folder / target).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_target_of_make_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert not {name for line in _code(document) for name in re.findall(r"^make ([a-z]+)", line)} - targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_command_and_option_exists(document: Path) -> None:
    wrong = [line for line in _code(document) if line.startswith("connect ") and not _is_a_command(line.split()[1:])]
    assert not wrong


def _code(document: Path) -> list[str]:
    """The lines of code blocks, and code inside sentences."""
    text = (ROOT / document).read_text().replace("\\\n", " ")
    pieces = [block or inline for block, inline in CODE.findall(text)]
    return [line.strip() for piece in pieces for line in piece.splitlines()]


def _is_a_command(words: list[str]) -> bool:
    """Whether the words lead to a command that has each option among them."""
    command: click.Command = connect
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, *words = words
        if name not in command.commands:
            return False
        command = command.commands[name]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    return not {word for word in words if word.startswith("--")} - known
