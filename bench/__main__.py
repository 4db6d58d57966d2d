"""`make bench`: the platform under load on both databases, beside its bounds, in one run on one machine. Medians of three.

python -m bench [--calls N] [--seconds N] [--databases sqlite,postgresql]
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench import bulk, cores, ledger, served
from bench.wrk import Load, load
from connect.app import create_app
from connect.core import database, ids, migrations, settings
from connect.disclosure import entry, reads
from connect.disclosure.reads import Paging
from tests.support import world
from tests.support.client import PlatformClient
from tests.support.flow import Flow
from tests.support.postgres import Cluster
from tests.support.servers import environment

_KEY = "a master key for benchmarks, of 32 characters"


def main() -> None:
    options = _options()
    where = f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {cores.CORES} cores"
    print(f"{where}; {options.calls:,} calls; medians of 3 runs of {options.seconds} s")
    for name in options.databases.split(","):
        with tempfile.TemporaryDirectory(prefix="connect-bench-") as folder, _database(name, Path(folder)) as url:
            _run(name, url, Path(folder), options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="The platform under load, beside its bounds.")
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--databases", default="sqlite,postgresql")
    return parser.parse_args()


@contextmanager
def _database(name: str, folder: Path) -> Iterator[str]:
    if name == "sqlite":
        yield f"sqlite:///{folder / 'connect.db'}"
        return
    cluster = Cluster(durable=True)
    with ExitStack() as stack:
        with cores.pinned():
            stack.enter_context(cluster)
        yield cluster.url()


def _run(name: str, url: str, folder: Path, options: argparse.Namespace) -> None:
    no_limits = {"api_rate": "", "address_rate": "", "token_rate": "", "token_failure_rate": ""}
    config = settings.load(
        database_url=url, data_dir=folder, master_key=_KEY, access_token_ttl=settings.days(1), **no_limits
    )
    app = create_app(config)
    app.test_client_class = PlatformClient
    migrations.upgrade()
    there = world.make()
    _fill(name, there, 10_000)
    flow = Flow(app, there)
    flow.connect()
    env = environment(config) | {"BENCH_ACCOUNT": ids.encode("acc", there.account_id)}
    database.active().engine.dispose()
    small = _reads(env, flow, options.seconds, "10,000 calls")
    _fill(name, there, options.calls - 10_000)
    large = _reads(env, flow, options.seconds, f"{options.calls:,} calls")
    _say(name, f"page of 50: {options.calls:,} calls against 10,000", f"{large.rate / small.rate:.2f}")
    _bounds(env, options.seconds, large)
    _tokens(env, there, options.seconds)
    _appends(name, there, flow, options.seconds)


def _fill(name: str, there: world.World, count: int) -> None:
    started = time.monotonic()
    bulk.fill(there.account_id, count, seed=count)
    if database.dialect() == "postgresql":  # its statistics would follow only after a minute, and its plans with them
        with database.read() as connection:
            connection.exec_driver_sql("ANALYZE")
    _say(name, f"{count:,} calls made", f"{count / (time.monotonic() - started):,.0f}/s")


def _reads(env: Mapping[str, str], flow: Flow, seconds: int, size: str) -> Load:
    headers = {"Authorization": f"Bearer {flow.tokens['access_token']}"}
    found = {}
    for target in ("platform", "without_ledger"):
        with _served(target, env, "/healthz") as running:
            found[target] = load(f"{running.url}/v1/calls?limit=50", seconds=seconds, headers=headers)
            memory = running.memory()
    full, bare = found["platform"], found["without_ledger"]
    _show(f"GET /v1/calls?limit=50, {size}", full)
    _show("  the same without the ledger", bare)
    _say("", "  price of the proof", f"{1 - full.rate / bare.rate:.0%}   memory {memory:.0f} MB")
    return full


def _bounds(env: Mapping[str, str], seconds: int, full: Load) -> None:
    for target, words in (
        ("bare_read", "bound: bare Flask + SQLAlchemy read of 50"),
        ("bare_route", "bound: bare Flask route, 20 kB"),
    ):
        with _served(target, env, "/") as running:
            found = load(f"{running.url}/", seconds=seconds)
        _show(words, found)
        _say("", "  the API against it", f"{full.rate / found.rate:.2f}")


def _tokens(env: Mapping[str, str], there: world.World, seconds: int) -> None:
    basic = b64encode(f"{there.client_id}:{there.client_secret}".encode()).decode()
    with _served("platform", env, "/healthz") as running:
        found = load(
            f"{running.url}/oauth/token",
            seconds=seconds,
            headers={"Authorization": f"Basic {basic}"},
            form="grant_type=client_credentials&scope=app:read",
        )
    _show("POST /oauth/token, client_credentials", found)


def _appends(name: str, there: world.World, flow: Flow, seconds: int) -> None:
    grant_id = ids.decode("grant", flow.read("/v1/grant").get_json()["id"])
    from connect.grants import services as grants  # after create_app, as everything that needs settings

    with database.unit_of_work() as session:
        grant = grants.live_of_app(session, there.account_id, there.app_id)
        assert grant is not None and grant.id == grant_id
        context = there.context(grant)
    rows = reads.directory(context, "call", Paging(20)).rows
    rate = ledger.appends(seconds, lambda: entry.draft(context, rows, sha256="0" * 64, size=9_000, status=200))
    _say(name, "ledger appends of 20 records, 16 writers, durable", f"{rate:,.0f}/s")
    leaves, sealed = ledger.seal()
    _say(name, f"sealed {leaves:,} leaves", f"{sealed:,.0f}/s")


@contextmanager
def _served(target: str, env: Mapping[str, str], path: str) -> Iterator[served.Served]:
    sqlite = env["CONNECT_DATABASE_URL"].startswith("sqlite")
    with served.serve(target, env, workers=1 if sqlite else 2, threads=8 if sqlite else 4, path=path) as running:
        yield running


def _show(what: str, found: Load) -> None:
    failed = f"   {found.failed} FAILED" if found.failed else ""
    _say("", what, f"{found.rate:,.0f}/s   p50 {found.p50:.1f} ms   p99 {found.p99:.1f} ms{failed}")


def _say(database_name: str, what: str, figure: str) -> None:
    print(f"{database_name:<11}{what:<55}{figure}", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("CONNECT_LOG_LEVEL", "ERROR")
    main()
