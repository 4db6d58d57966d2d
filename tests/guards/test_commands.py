"""Every command that answers in JSON is documented with its members, and answers with exactly those.

The steps run in order on one small world, since a rotation needs an app and a revocation a grant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner

from connect.core import ids
from scripts import commands
from tests.calls.bank_rows import row, text
from tests.oauth.holder import Holder
from tests.support import world
from tests.support.world import World

COMMANDS = {path: command for path, command in commands.every() if commands.answers_json(command)}
MAY_BE_EMPTY = {"attempts", "findings", "differences", "refusals", "keys", "secrets"}


@dataclass
class Stage:
    """What the steps act on; `said` is what each command answered."""

    world: World
    grant: str
    folder: Path
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def account(self) -> str:
        return ids.encode("acc", self.world.account_id)

    @property
    def app(self) -> str:
        return self.world.client_id

    @property
    def endpoint(self) -> str:
        return str(self.said["webhooks add"]["id"])

    @property
    def keys(self) -> str:
        return str(self.folder / "keys.json")

    @property
    def bundle(self) -> str:
        return str(self.folder / "bundle.zip")


STEPS: dict[str, Callable[[Stage], list[str]]] = {
    "accounts add": lambda stage: ["Tulsi Clinic"],
    "accounts list": lambda stage: [],
    "people add": lambda stage: ["new@neem.example", "--name", "Ravi", "--role", "viewer", "--account", stage.account],
    "people link": lambda stage: ["new@neem.example"],
    "people list": lambda stage: ["--account", stage.account],
    "people remove": lambda stage: ["new@neem.example"],
    "apps register": lambda stage: [
        *("--team", "Banyan", "--name", "Banyan Reports", "--privacy-policy", "https://banyan.example/privacy"),
        *(
            "--kind",
            "confidential",
            "--redirect-uri",
            "https://banyan.example/callback",
            "--require",
            "call_log:read=We count calls.",
        ),
        *("--jwks", stage.keys),
    ],
    "apps keys list": lambda stage: [stage.said["apps register"]["client_id"]],
    "apps keys replace": lambda stage: [stage.said["apps register"]["client_id"], "--jwks", stage.keys],
    "apps publish": lambda stage: [stage.said["apps register"]["client_id"]],
    "apps list": lambda stage: [],
    "apps show": lambda stage: [stage.app],
    "apps rotate-secret": lambda stage: [stage.app],
    "apps suspend": lambda stage: [stage.app, "--reason", "A leak."],
    "apps reinstate": lambda stage: [stage.app, "--reason", "Mended."],
    "webhooks add": lambda stage: ["--app", stage.app, "--url", "https://hooks.neem.in/voicetree"],
    "webhooks list": lambda stage: [],
    "webhooks rotate": lambda stage: [stage.endpoint],
    "webhooks emit": lambda stage: [stage.endpoint],
    "webhooks attempts": lambda stage: [stage.endpoint],
    "webhooks status": lambda stage: [stage.endpoint],
    "webhooks enable": lambda stage: [stage.endpoint],
    "webhooks remove": lambda stage: [stage.endpoint],
    "grants list": lambda stage: [],
    "grants pause": lambda stage: [stage.grant],
    "grants revoke": lambda stage: [stage.grant],
    "ledger seal": lambda stage: [],
    "ledger query": lambda stage: [],
    "ledger check": lambda stage: [],
    "ledger reconcile": lambda stage: [],
    "ledger export": lambda stage: [stage.bundle],
    "ledger verify": lambda stage: [stage.bundle],
    "import": lambda stage: ["--account", stage.account, "--format", "bank-1999", str(stage.folder / "calls.tsv")],
    "housekeeping": lambda stage: ["--once"],
    "demo": lambda stage: ["--calls", "5"],
}


@pytest.fixture
def stage(database: ModuleType, tmp_path: Path) -> Stage:
    made = world.make()
    grant = world.give(made)
    (tmp_path / "calls.tsv").write_bytes(text(row(vru_time="-10"), row(call_id="2", outcome="PHANTOM")))
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [Holder(kid="one").jwk]}))
    return Stage(made, ids.encode("grant", grant.id), tmp_path)


def test_every_answer_in_json_is_documented() -> None:
    assert set(commands.ANSWERS) == set(COMMANDS)


def test_every_command_answers_with_exactly_the_documented_members(stage: Stage) -> None:
    assert set(STEPS) == set(COMMANDS)
    for path, arguments in STEPS.items():
        done = CliRunner().invoke(COMMANDS[path], [*arguments(stage), "--json"])
        assert done.stdout, (path, done.output, done.exception)
        stage.said[path] = json.loads(done.stdout)
        check(path, stage.said[path], shape(commands.ANSWERS[path]))


def shape(said: str) -> dict[str, Any]:
    """`code, people[id, roles[role]]` -> {"code": {}, "people": {"id": {}, "roles": {"role": {}}}}."""
    opened = re.sub(r"(\w+)(\[?)", lambda found: f'"{found[1]}": {{{"" if found[2] else "}"}', said)
    return dict(json.loads(f"{{{opened.replace(']', '}')}}}"))


def check(path: str, value: Any, members: dict[str, Any]) -> None:
    """Members that are documented without members of their own may hold anything."""
    if not members:
        return
    assert value or path.rsplit(maxsplit=1)[-1] in MAY_BE_EMPTY, f"{path} is empty, so its members cannot be seen"
    for record in value if isinstance(value, list) else [value]:
        assert set(record) == set(members), path
        for name, inner in members.items():
            check(f"{path} {name}", record[name], inner)
