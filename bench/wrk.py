"""Load from a separate process: wrk, pinned to the last core, medians of several runs. Loopback only, bounded in time."""

from __future__ import annotations

import re
import statistics
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import cores

RUNS = 3
CONNECTIONS = 16

_FORM = 'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\n'
_ONE = 'wrk.body = "{form}"\n'
_EACH = """
local forms, last = {{}}, 0
for line in io.lines("{lines}") do forms[#forms + 1] = line end
function request()
  last = last + 1
  return wrk.format(nil, nil, nil, forms[last] or "")
end
"""
_ROTATE = """
local tokens, first, last = {{}}, 1, 0
local function keep(token) last = last + 1; tokens[last] = token end
for line in io.lines("{lines}") do keep(line) end
function request()
  local token = tokens[first]
  tokens[first], first = nil, first + 1
  return wrk.format(nil, nil, nil, "grant_type=refresh_token&refresh_token=" .. (token or ""))
end
function response(status, headers, body)
  local token = body:match('"refresh_token"%s*:%s*"([^"]+)"')
  if token then keep(token) end
end
"""


@dataclass(frozen=True)
class Load:
    """Medians over the runs: requests a second, latency in milliseconds. `failed`: answers that were not 2xx, in all runs."""

    rate: float
    p50: float
    p99: float
    failed: int


def load(url: str, *, seconds: int, headers: Mapping[str, str] | None = None, form: str | None = None) -> Load:
    """Drive `url`; with `form` by POST."""
    script = "" if form is None else _FORM + _ONE.format(form=form)
    return _medians([_run(url, seconds, headers or {}, script) for _ in range(RUNS)])


def each(url: str, forms: Sequence[Sequence[str]], *, seconds: int, headers: Mapping[str, str]) -> Load:
    """Drive `url` by POST, a list of forms for each run and each form once. One that runs out of forms fails from then on."""
    return _medians([_run(url, seconds, headers, _FORM + _EACH, lines) for lines in forms])


def rotate(url: str, tokens: Sequence[Sequence[str]], *, seconds: int, headers: Mapping[str, str]) -> Load:
    """Refresh at `url`, the tokens of each run at first, then those that come back, in turn. Each is used once."""
    return _medians([_run(url, seconds, headers, _FORM + _ROTATE, lines) for lines in tokens])


def _medians(runs: Sequence[tuple[float, float, float, int]]) -> Load:
    rate, p50, p99 = (statistics.median(run[place] for run in runs) for place in range(3))
    return Load(rate, p50, p99, failed=sum(run[3] for run in runs))


def _run(
    url: str, seconds: int, headers: Mapping[str, str], script: str, lines: Sequence[str] = ()
) -> tuple[float, float, float, int]:
    with tempfile.TemporaryDirectory() as folder:
        data, lua = Path(folder) / "lines", Path(folder) / "load.lua"
        data.write_text("\n".join(lines))
        lua.write_text(script.format(lines=data) if lines else script)
        said = _wrk(url, seconds, headers, lua)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    rate = _number(said, r"Requests/sec:\s+([\d.]+)")
    return rate, _time(said, "50%"), _time(said, "99%"), int(failed[1]) if failed else 0


def _wrk(url: str, seconds: int, headers: Mapping[str, str], lua: Path) -> str:
    given = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    options = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(lua), *given]
    command = ["taskset", "-c", str(cores.LOAD), "wrk", *options, url]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


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
