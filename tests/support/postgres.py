"""A real PostgreSQL for the tests, on a port of its own, in a folder that goes when it stops.

`Cluster` is the server itself. `shared` gives the one that a whole test run uses, xdist workers included: the first to ask starts it
in a process of its own (`python -m tests.support.postgres`), which stops it when the test run's main process is gone, however that
ended.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg

from tests.support import programs
from tests.support.ports import free_port

_ROOT = Path(__file__).parents[2]
_SUPERUSER = "connect"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "synchronous_commit": "on",  # the platform refuses to start without it
}
_FAST = {"fsync": "off", "full_page_writes": "off"}  # a power cut would lose data; no test cuts the power


class Cluster:
    """One PostgreSQL server. `durable` keeps fsync as in production, for tests that break storage."""

    def __init__(self, durable: bool = False) -> None:
        self.bin = programs.require("postgres").parent
        self.folder = Path(tempfile.mkdtemp(prefix="connect-postgres-"))
        self.data = self.folder / "data"
        self.port = free_port()
        self._settings: Mapping[str, str] = _SETTINGS if durable else _SETTINGS | _FAST
        self._user = _unprivileged_user()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Cluster:
        self._run(
            "initdb",
            "--pgdata",
            str(self.data),
            "--username",
            _SUPERUSER,
            "--auth",
            "trust",
            "--no-sync",
            "--encoding",
            "UTF8",
        )
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop("immediate")
        shutil.rmtree(self.folder)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{_SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        command = [str(self.bin / "postgres"), "-D", str(self.data), "-p", str(self.port), *options]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **self._as_user())
        self._wait_until_it_answers()

    def stop(self, mode: str = "fast") -> None:
        """`fast` ends sessions, `immediate` is a crash that the next start recovers from."""
        self._run("pg_ctl", "stop", "--pgdata", str(self.data), "--mode", mode, "--wait")
        if self._process is not None:
            self._process.wait()
            self._process = None

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.url()).close()
                return
            except psycopg.OperationalError:
                assert self._process is not None
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.02)

    def _run(self, program: str, *arguments: str) -> None:
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        command = [str(self.bin / program), *arguments]
        subprocess.run(command, check=True, cwd=self.folder, capture_output=True, **self._as_user())

    def _as_user(self) -> dict[str, object]:
        return {} if self._user is None else {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}


def shared(run: Path, owner: int) -> str:
    """URL of the run's server, with `{}` for the database's name. `run` is the run's folder, `owner` its main process."""
    address = run / "postgres"
    with (run / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address.exists():
            command = [sys.executable, "-m", "tests.support.postgres", str(address), str(owner)]
            os.posix_spawn(sys.executable, command, os.environ | {"PYTHONPATH": str(_ROOT)}, setsid=True)
            _wait_for(address)
    return address.read_text()


def _wait_for(address: Path) -> None:
    deadline = time.monotonic() + 90
    while not address.exists():
        if time.monotonic() > deadline:
            raise RuntimeError("PostgreSQL did not start; its reason is above")
        time.sleep(0.02)


def _serve(address: Path, owner: int) -> None:
    """Run a cluster until process `owner` is gone."""
    with Cluster() as cluster:
        written = address.with_suffix(".part")
        written.write_text(cluster.url("{}"))
        written.rename(address)
        while Path(f"/proc/{owner}").exists():
            time.sleep(0.2)


def _unprivileged_user() -> pwd.struct_passwd | None:
    """initdb and postgres refuse to run as root: as root they run as `postgres`, else as `nobody`."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]))
