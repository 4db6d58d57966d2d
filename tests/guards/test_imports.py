"""Who may import whom. The layers stand in pyproject.toml, under tool.importlinter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.guards.source import ROOT, imports, python_files

VERIFIER = Path("connect/ledger/verify.py")
# The only clients that may reach the network or send mail stand in core, behind the egress guard and the outbox.
CLIENTS = frozenset(
    {"aiohttp", "requests", "httpx", "urllib3", "urllib.request", "http.client", "smtplib", "ftplib", "websockets"}
)


def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_module_of_the_platform_stands_in_a_layer() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    children = {path.parts[1].removesuffix(".py") for path in python_files(("connect",))} - {"__init__"}
    assert not [name for name in sorted(children) if f"connect.{name}" not in text]


def test_the_verifier_imports_the_standard_library_alone() -> None:
    outside = {name.split(".")[0] for name, _ in imports(VERIFIER)} - sys.stdlib_module_names
    assert not outside


def test_no_room_but_core_imports_a_client_for_http_or_mail() -> None:
    found = [
        f"{path}:{line} {name}"
        for path in python_files(("connect", "apps_registry"))
        if not path.is_relative_to("connect/core")
        for name, line in imports(path)
        if any(name == client or name.startswith(f"{client}.") for client in CLIENTS)
    ]
    assert not found
