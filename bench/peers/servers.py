"""The servers that are compared, each on a database of its own in the same PostgreSQL, with the codes it has issued.

Each peer is set up as its documentation shows, with what it offers for speed: a secret that is not hashed, connections that are kept.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench import served
from bench.peers import platform
from bench.peers.client import CHALLENGE, SERVICE, Client
from tests.support.ports import free_port
from tests.support.servers import environment

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
TOOLKIT, _LOG = ROOT / "build/peers/toolkit/bin", ROOT / "build/peers/log"
_WORKERS = ("--workers", "2", "--blocking-threads", "4", "--log-level", "error")


@dataclass
class Running:
    """A server that answers.

    `codes` are authorization codes it has issued to `client`, each good for one exchange; `service` is the client that asks for a token
    of its own, mostly the same.
    """

    url: str
    token_path: str
    introspection_path: str
    client: Client
    service: Client
    codes: list[str] = field(repr=False)

    @property
    def token_url(self) -> str:
        return self.url + self.token_path

    @property
    def introspection_url(self) -> str:
        return self.url + self.introspection_path


@contextmanager
def ours(database_url: str, count: int) -> Iterator[Running]:
    """The platform, whole: the ledger on, each answer durable before it leaves."""
    with tempfile.TemporaryDirectory(prefix="connect-bench-") as folder:
        seed = {"BENCH_FOLDER": folder, "BENCH_URL": database_url}
        client_id, secret, *codes = _say([sys.executable, "-m", "bench.peers.platform", str(count)], seed)
        settings = environment(platform.config(database_url, Path(folder)))
        with served.serve("platform", settings, workers=2, threads=4, path="/healthz") as running:
            client = Client(client_id, secret, "app:read", "https://crm.example/callback")
            yield Running(running.url, "/oauth/token", "/oauth/introspect", client, client, codes)


@contextmanager
def bare(database_url: str, count: int) -> Iterator[Running]:
    """Authlib with Flask and its own SQLAlchemy mixins, as its documentation wires them: no ledger, no rate limit."""
    known = {"BENCH_URL": database_url, "AUTHLIB_INSECURE_TRANSPORT": "1"}
    codes = _say([sys.executable, "-m", "bench.peers.bare", str(count)], known)
    program = [str(Path(sys.executable).parent / "granian"), "bench.peers.bare:app", "--factory"]
    with _serve(_wsgi(program), known) as url:
        yield Running(url, "/token", "/introspect", Client(), Client(), codes)


@contextmanager
def toolkit(database_url: str, count: int) -> Iterator[Running]:
    """django-oauth-toolkit, under the same server as ours."""
    known = {"BENCH_URL": database_url, "DJANGO_SETTINGS_MODULE": "bench.peers.toolkit.settings"}
    codes = _say([str(TOOLKIT / "python"), "-m", "bench.peers.toolkit.seed", str(count)], known)
    with _serve(_wsgi([str(TOOLKIT / "granian"), "bench.peers.toolkit.served:app"]), known) as url:
        yield Running(url, "/o/token/", "/o/introspect/", Client(), Client(SERVICE), codes)


@contextmanager
def node(database_url: str, count: int) -> Iterator[Running]:
    """node oidc-provider with an adapter for PostgreSQL of the form its documentation shows."""
    client = json.dumps(asdict(Client()) | {"challenge": CHALLENGE})
    known, program = {"BENCH_URL": database_url, "BENCH_CLIENT": client}, ["node", str(HERE / "node/server.mjs")]
    codes = _say([*program, "seed", str(count)], known)
    with _serve(lambda port: [*program, "serve", str(port)], known) as url:
        yield Running(url, "/token", "/token/introspection", Client(), Client(), codes)


SERVERS = {
    "VoiceTree Connect, ledger on": ours,
    "Authlib + Flask + SQL, no ledger": bare,
    "django-oauth-toolkit": toolkit,
    "node oidc-provider": node,
}


def _wsgi(program: Sequence[str]) -> Callable[[int], Sequence[str]]:
    return lambda port: [*program, "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), *_WORKERS]


@contextmanager
def _serve(command: Callable[[int], Sequence[str]], environment: Mapping[str, str]) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with _LOG.open("ab") as log, served.running(command(port), environment, url, log=log):
        yield url


def _say(command: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """The lines that `command` prints."""
    done = subprocess.run(
        command, env=os.environ | environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.split("\n")[:-1]
