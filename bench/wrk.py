"""Load from a separate process: wrk, pinned to the last core, medians of several runs. Loopback only, bounded in time."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass

RUNS = 3
CONNECTIONS = 16
CORES = os.cpu_count() or 1


@dataclass(frozen=True)
class Load:
    """Medians over the runs: requests a second, latency in milliseconds. `failed`: answers that were not 2xx, in all runs."""

    rate: float
    p50: float
    p99: float
    failed: int


def load(url: str, *, seconds: int, headers: Mapping[str, str] | None = None, form: str | None = None) -> Load:
    """Drive `url`; with `form` by POST."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_script(form))
        script.flush()
        runs = [_run(url, seconds, headers or {}, script.name) for _ in range(RUNS)]
    middle = [statistics.median(run[place] for run in runs) for place in range(3)]
    return Load(*middle, failed=sum(int(run[3]) for run in runs))


def _script(form: str | None) -> str:
    if form is None:
        return ""
    return (
        f'wrk.method = "POST"\nwrk.body = "{form}"\nwrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\n'
    )


def _run(url: str, seconds: int, headers: Mapping[str, str], script: str) -> tuple[float, float, float, float]:
    given = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    command = [
        "taskset",
        "-c",
        str(CORES - 1),
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "--latency",
        "-s",
        script,
        *given,
        url,
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return (
        _number(said, r"Requests/sec:\s+([\d.]+)"),
        _time(said, "50%"),
        _time(said, "99%"),
        float(failed[1]) if failed else 0.0,
    )


def _number(said: str, pattern: str) -> float:
    found = re.search(pattern, said)
    if found is None:
        raise RuntimeError(f"wrk said something else:\n{said}")
    return float(found[1])


def _time(said: str, percent: str) -> float:
    found = re.search(rf"{percent}\s+([\d.]+)(us|ms|s)", said)
    if found is None:
        raise RuntimeError(f"wrk said something else:\n{said}")
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]]
