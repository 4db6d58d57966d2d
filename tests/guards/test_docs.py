"""What the documentation names is there: files it links to, targets of make, commands and their options."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
from click.testing import CliRunner

from connect.cli.main import connect
from tests.guards.source import ROOT

FOLDERS = ("docs", "examples")
DOCUMENTS = [
    Path("README.md"),
    *sorted(path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*.md")),
]
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)


@pytest.fixture
def overrides() -> dict[str, Any]:
    """As in the demo, whose webhooks go to this machine."""
    return {"egress_loopback": True}


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


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_test_named_exists(document: Path) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(?:Test\w+::)?(\w+)`", (ROOT / document).read_text())
    assert not [test for file, test in named if f"def {test}(" not in (ROOT / file).read_text()]


@pytest.mark.parametrize("document", ["docs/developer/README.md", "examples/crm/README.md"])
def test_the_way_to_register_an_app_works_as_written(database: ModuleType, document: str) -> None:
    client_id = ""
    for line in _code(Path(document)):
        if re.match(r"connect (apps|webhooks) \w+ --", line) and "…" not in line:
            words = shlex.split(line.replace("CLIENT_ID", client_id))[1:]
            done = CliRunner().invoke(_leaf(words), [*words[2:], "--json"])
            assert done.exit_code == 0, done.output
            client_id = json.loads(done.stdout)["client_id"]
    assert client_id


def _code(document: Path) -> list[str]:
    """The lines of code blocks, and code inside sentences."""
    text = (ROOT / document).read_text().replace("\\\n", " ")
    pieces = [block or inline for block, inline in CODE.findall(text)]
    return [line.strip() for piece in pieces for line in piece.splitlines()]


def _is_a_command(words: list[str]) -> bool:
    """Whether the words lead to a command that has each option among them."""
    try:
        command = _leaf(words)
    except KeyError:
        return False
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    return not {word for word in words if word.startswith("--")} - known


def _leaf(words: list[str]) -> click.Command:
    """The command the first words lead to. Raises KeyError."""
    command: click.Command = connect
    for word in words:
        if not isinstance(command, click.Group) or word.startswith("-"):
            break
        command = command.commands[word]
    return command
