"""`make bench-peers`: token requests to this platform and to others, on one machine and one PostgreSQL, each on a database of its own.

python -m bench.peers [--seconds N] [--codes N] [--only NAME]
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg

from bench import cores
from bench.peers import loads
from bench.peers.servers import SERVERS, Running
from bench.wrk import Load
from tests.support.postgres import Cluster

LOADS: dict[str, Callable[[Running, int], Load]] = {
    "client_credentials": loads.client_credentials,
    "introspection": loads.introspection,
    "code + PKCE": loads.codes,
    "refresh, rotating": loads.refreshes,
}


def main() -> None:
    options = _options()
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {cores.CORES} cores; medians of 3 runs of {options.seconds} s"
    )
    rates: dict[str, dict[str, float]] = {}
    with cores.pinned(), Cluster(durable=True) as cluster:
        for number, (name, serve) in enumerate(SERVERS.items()):
            if options.only in name:
                _make_database(cluster, f"peer{number}")
                with serve(cluster.url(f"peer{number}"), options.codes + loads.NEEDED) as running:
                    rates[name] = _drive(name, running, options.seconds)
    _compare(rates)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.peers", description="Token requests, beside other servers.")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--codes", type=int, default=15_000, help="codes for the runs that exchange them")
    parser.add_argument("--only", default="", help="only servers with this in their name")
    return parser.parse_args()


def _make_database(cluster: Cluster, name: str) -> None:
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())


def _drive(name: str, running: Running, seconds: int) -> dict[str, float]:
    print(f"\n{name}", flush=True)
    rates = {}
    for what, drive in LOADS.items():
        found = drive(running, seconds)
        failed = f"   {found.failed} FAILED" if found.failed else ""
        print(
            f"  {what:<24}{found.rate:>8,.0f}/s   p50 {found.p50:.1f} ms   p99 {found.p99:.1f} ms{failed}", flush=True
        )
        rates[what] = found.rate
    print(f"  {'16 uses at once':<24}{loads.race(running)}", flush=True)
    return rates


def _compare(rates: dict[str, dict[str, float]]) -> None:
    """The first server's rates over each other's."""
    first, *others = rates
    for other in others:
        ratios = "   ".join(f"{what} {rates[first][what] / rates[other][what]:.2f}" for what in LOADS)
        print(f"\n{first}, against {other}:\n  {ratios}")


if __name__ == "__main__":
    main()
