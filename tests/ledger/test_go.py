"""A verifier that shares no code with us: Go's own note and tlog packages (tests/ledger/go) accept the log and refuse forgeries."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from connect.ledger import bundle, keys, published, sealer, tiles
from connect.ledger.bundle import Selection
from connect.ledger.queries import Filters
from tests.ledger.bundles import flip
from tests.ledger.support import draft, write, write_many
from tests.ledger.test_bundle import ACCOUNT
from tests.support.programs import needs, require
from tests.support.servers import LiveServer

pytestmark = needs("go")

SOURCE = Path(__file__).parent / "go"
Check = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def tlogcheck(run_folder: Path) -> Path:
    """The program, built once a run from Debian's packages; no module is downloaded."""
    program = run_folder / "tlogcheck"
    with (run_folder / "tlogcheck.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            env = os.environ | {
                "GO111MODULE": "off",
                "GOPATH": "/usr/share/gocode",
                "GOFLAGS": "",
                "GOPROXY": "off",
                "GOCACHE": str(run_folder / "gocache"),
            }
            subprocess.run([str(require("go")), "build", "-o", str(program), "."], cwd=SOURCE, env=env, check=True)
    return program


@pytest.fixture
def check(tlogcheck: Path, database: ModuleType) -> Check:
    """`check("-dir", folder)` runs the program with the log's key."""
    sealer.seal_once()
    key = keys.verifier_key(keys.origin())

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [str(tlogcheck), "-key", key, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run


def unpacked(folder: Path, kind: str, selection: Selection | None = None) -> Path:
    """An evidence bundle as a folder."""
    with (folder / "bundle.zip").open("wb") as file:
        bundle.write(file, kind, selection or Selection())
    target = folder / "unpacked"
    shutil.rmtree(target, ignore_errors=True)
    zipfile.ZipFile(folder / "bundle.zip").extractall(target)
    return target


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 700])
def test_go_accepts_logs_of_every_shape(check: Check, database: ModuleType, tmp_path: Path, size: int) -> None:
    write_many(database, size)
    done = check("-dir", unpacked(tmp_path, "tree"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"verified: {size} leaves, ")


def test_go_accepts_the_log_over_http(check: Check, database: ModuleType, live_server: LiveServer) -> None:
    write_many(database, 300)
    sealer.seal_once(publish=True)
    done = check("-url", f"{live_server.url}/ledger")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "verified: 300 leaves, 3 tiles\n"


def test_go_accepts_growth_and_refuses_a_rewritten_past(check: Check, database: ModuleType, tmp_path: Path) -> None:
    write_many(database, 100)
    sealer.seal_once(publish=True)
    old = Path(shutil.copy(published.path(), tmp_path / "old"))
    write_many(database, 200)
    folder = unpacked(tmp_path, "tree")
    done = check("-dir", folder, "-old", old)
    assert done.returncode == 0, done.stderr
    assert "a continuation of the checkpoint of 100 leaves" in done.stdout
    assert check("-dir", folder, "-old", folder / "keys").returncode == 1


def test_go_opens_an_extract_and_refuses_a_changed_body(check: Check, database: ModuleType, tmp_path: Path) -> None:
    write_many(database, 40)
    write(database, draft(ACCOUNT))
    folder = unpacked(tmp_path, "extract", Selection(Filters(account_id=ACCOUNT)))
    done = check("-dir", folder)
    assert (done.returncode, done.stdout) == (0, "verified: 1 entries under a checkpoint of 41 leaves\n"), done.stderr
    entries = folder / "entries.jsonl"
    entries.write_text(entries.read_text(encoding="utf-8").replace("GET /v1/calls", "GET /v1/users"), encoding="utf-8")
    done = check("-dir", folder)
    assert done.returncode == 1
    assert "the body is not the one that was committed to" in done.stderr


def test_go_refuses_flipped_bits_in_tiles_entries_and_checkpoint(
    check: Check, database: ModuleType, tmp_path: Path
) -> None:
    write_many(database, 300)
    folder = unpacked(tmp_path, "tree")
    names = [tiles.path(*each) for each in tiles.layout(300)] + ["checkpoint"]
    for name in names:
        good = (folder / name).read_bytes()
        for bit in range(3, len(good) * 8, len(good) * 8 // 5):
            (folder / name).write_bytes(flip(good, bit))
            assert check("-dir", folder).returncode == 1, f"bit {bit} of {name}"
        (folder / name).write_bytes(good)
    assert check("-dir", folder).returncode == 0
