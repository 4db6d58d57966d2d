"""Runs the demo: migrates, loads, starts the platform and the CRM on free ports, says where they are, and waits."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import click

from connect.core import database, migrations, settings
from connect.demo import load
from connect.demo.load import Progress

_PATIENCE = 30.0  # seconds until a part must answer
_POLL = 0.1


def serve(progress: Progress, count: int) -> None:
    """Everything of `make run`; ends at Ctrl-C or when a part ends."""
    platform, crm = _ports()
    use(f"http://127.0.0.1:{platform}")
    migrations.upgrade()
    demo = load.load(f"http://127.0.0.1:{crm}", progress, count)
    parts = [_platform(platform), _crm(crm, demo)]
    try:
        for name, port, part in zip(("platform", "CRM"), (platform, crm), parts, strict=True):
            _wait(name, port, part)
        announce(demo)
        _until_end(parts)
    finally:
        _stop(parts)


def announce(demo: dict[str, Any]) -> None:
    """Addresses, sign-ins and what to do next."""
    click.echo(f"\n  VoiceTree Connect   {demo['base_url']}\n  Neem CRM (an app)   {demo['crm_url']}\n")
    width = max(len(person["email"]) for person in demo["people"])
    for person in demo["people"]:
        click.echo(f"  {person['role']:<16} {person['email']:<{width}}  {person['password']}")
    owner = demo["people"][0]
    click.echo(
        f"\n  Next: open {demo['crm_url']}, press Connect, and sign in as {owner['email']}.\n  Ctrl-C ends the demo.\n"
    )


def served() -> str | None:
    """The address of the demo, where one is being served at this moment."""
    base_url = str((load.loaded() or {}).get("base_url", ""))
    port = urlsplit(base_url).port
    if port is None:
        return None
    with socket.socket() as probe:
        probe.settimeout(1)
        return base_url if probe.connect_ex(("127.0.0.1", port)) == 0 else None


def use(base_url: str) -> None:
    """Settings of the demo: this address, and outgoing requests may reach the CRM on this machine."""
    settings.activate(replace(settings.current(), base_url=base_url, egress_loopback=True))
    database.activate(settings.current())


def _ports() -> tuple[int, int]:
    """Those of the last run where they are free, else free ones."""
    found = load.loaded() or {}
    wanted = [int(found.get(key, ":0").rsplit(":", 1)[1]) for key in ("base_url", "crm_url")]
    platform = _free(wanted[0])
    return platform, _free(wanted[1], platform)


def _free(wanted: int, *taken: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            if (found := int(probe.getsockname()[1])) not in taken:
                return found
    raise click.ClickException("No free port was found on 127.0.0.1.")


def _platform(port: int) -> subprocess.Popen[bytes]:
    config = settings.current()
    environment = os.environ | {"CONNECT_BASE_URL": config.base_url, "CONNECT_EGRESS_LOOPBACK": "1"}
    return _start(["connect.cli.main", "serve", "--port", str(port)], environment)


def _crm(port: int, demo: dict[str, Any]) -> subprocess.Popen[bytes]:
    app = demo["apps"][0]
    environment = os.environ | {
        "CRM_BASE_URL": demo["crm_url"],
        "CRM_PORT": str(port),
        "CRM_CLIENT_ID": app["client_id"],
        "CRM_CLIENT_SECRET": app["client_secret"],
        "CRM_WEBHOOK_SECRET": app["webhook_secret"],
        "CRM_DATABASE": str(settings.current().data_dir / "crm.db"),
        "CONNECT_BASE_URL": demo["base_url"],
    }
    return _start(["examples.crm"], environment)


def _start(module: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", *module], env=environment)  # noqa: S603 - our own modules


def _wait(name: str, port: int, part: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if part.poll() is not None:
            raise click.ClickException(f"The {name} ended with code {part.returncode} before it answered.")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(_POLL)
    raise click.ClickException(f"The {name} did not answer within {_PATIENCE:.0f} seconds.")


def _until_end(parts: Sequence[subprocess.Popen[bytes]]) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(part.poll() is None for part in parts):
            time.sleep(_POLL * 5)
    except KeyboardInterrupt:
        return
    raise click.ClickException("A part of the demo ended; see the lines above.")


def _stop(parts: Sequence[subprocess.Popen[bytes]]) -> None:
    for part in parts:
        part.terminate()
    for part in parts:
        part.wait(timeout=_PATIENCE)
