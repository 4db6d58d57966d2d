"""The programs tests need beside Python packages: where each is found, and the command that installs it.

`python -m tests.support.programs --install [NAME…]` installs what is missing (Debian packages as root, where apt-get is); `make test`
calls it first.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

_ROOT = Path(__file__).parents[2]
_NODE_CLIENTS = Path("tests/clients/node")


@dataclass(frozen=True)
class Program:
    """`find` gives the program's path, or None; `packages` are Debian's; one that is `wanted` is installed for `make test`.

    What is no package of Debian's has a `command` that installs it, once the packages are there.
    """

    packages: tuple[str, ...]
    find: Callable[[], Path | None]
    wanted: bool = True
    command: tuple[str, ...] = ()

    @property
    def install(self) -> str:
        packages = f"apt-get install -y {' '.join(self.packages)}" if self.packages else ""
        return " && ".join(filter(None, [packages, " ".join(self.command)]))


def _on_path(name: str) -> Callable[[], Path | None]:
    def find() -> Path | None:
        found = shutil.which(name)
        return Path(found) if found else None

    return find


def _initdb() -> Path | None:
    """Debian keeps the server's programs out of PATH, one folder a version; the newest wins."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return installed[-1] if installed else _on_path("initdb")()


def _go() -> Path | None:
    """The compiler, with Debian's copy of golang.org/x/mod beside it (no module is downloaded)."""
    return _on_path("go")() if Path("/usr/share/gocode/src/golang.org/x/mod/sumdb").is_dir() else None


def _chromium() -> Path | None:
    """The browser; and libatomic, which Playwright's own Node.js is linked to and a small Debian lacks."""
    return _on_path("chromium")() if list(Path("/usr/lib").glob("*/libatomic.so.1")) else None


def _node_clients() -> Path | None:
    """The folder of npm packages, when it holds what package-lock.json names and nothing older."""
    wanted, there = (
        _ROOT / _NODE_CLIENTS / "package-lock.json",
        _ROOT / _NODE_CLIENTS / "node_modules/.package-lock.json",
    )
    return there.parent if there.exists() and _integrity(wanted) == _integrity(there) else None


def _integrity(lock: Path) -> dict[str, str]:
    packages = json.loads(lock.read_text())["packages"]
    return {name: package["integrity"] for name, package in packages.items() if name}


PROGRAMS = {
    "postgres": Program(("postgresql",), _initdb),
    "chromium": Program(("chromium", "libatomic1", "fonts-liberation"), _chromium),
    "go": Program(("golang-go", "golang-golang-x-mod-dev"), _go),
    "node": Program(("nodejs", "npm"), _on_path("node")),
    "node-clients": Program((), _node_clients, command=("npm", "ci", "--prefix", str(_NODE_CLIENTS))),
    "wrk": Program(("wrk",), _on_path("wrk"), wanted=False),
}


def needs(*names: str) -> pytest.MarkDecorator:
    """Marks a test that uses these programs, by their names in PROGRAMS."""
    unknown = set(names) - set(PROGRAMS)
    if unknown:
        raise ValueError(f"not in PROGRAMS: {', '.join(sorted(unknown))}")
    return pytest.mark.needs(*names)


def require(name: str) -> Path:
    """Path of the program. Without it the test is skipped with the command that installs it; with CI=true it fails."""
    program = PROGRAMS[name]
    found = program.find()
    if found is None:
        missing(f"needs {name}: {program.install}")
    return found


def missing(reason: str) -> NoReturn:
    """End a test that cannot run for want of something this machine has not: skipped, and with CI=true failed."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def install(names: Sequence[str] = ()) -> int:
    """Install those of `names` (default: all that are wanted) that are missing. Where that is not allowed, say what would."""
    chosen = [PROGRAMS[name] for name in names] or [program for program in PROGRAMS.values() if program.wanted]
    return _install_packages(chosen) or _run_commands(chosen)


def _install_packages(chosen: Sequence[Program]) -> int:
    missing = [package for program in chosen if program.find() is None for package in program.packages]
    if not missing:
        return 0
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"Tests that need them are skipped; to install: apt-get install -y {' '.join(missing)}")
        return 0
    print(f"Installing {', '.join(missing)}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    update = subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
    return update.returncode or _apt_install(missing, environment)


def _run_commands(chosen: Sequence[Program]) -> int:
    for program in chosen:
        if program.command and program.find() is None and shutil.which(program.command[0]):
            print(f"Running {program.install}", flush=True)
            done = subprocess.run(program.command, check=False, cwd=_ROOT)
            if done.returncode:
                return done.returncode
    return 0


def _apt_install(packages: Sequence[str], environment: dict[str, str]) -> int:
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    done = subprocess.run(
        command, check=False, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        print(done.stdout, file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(install([name for name in sys.argv[1:] if name != "--install"]))
