"""Rules about the source that no linter knows. Each failure names file and line."""

from __future__ import annotations

import re
from pathlib import Path

from connect.core import log
from tests.guards.source import EVERYTHING, ROOT, calls, imports, python_files, texts

CORE = Path("connect/core")
CLOCK = Path("connect/core/clock.py")
IDS = Path("connect/core/ids.py")
MODULES_OF_CHANCE = re.compile(r"^secrets(\.|$)|^random\.(?!Random$)|^uuid\.uuid\d$|^os\.(urandom|getrandom)$")
CALLS_OF_CHANCE = re.compile(r"(^|\.)(urandom|getrandom|SystemRandom|uuid\d)$")
OF_A_ROOM = re.compile(
    r"^/(v1|oauth|ledger|openapi|consent|sign-in|home|connected|developer|staff|profile)\b|^(customer|developer|auditor|staff|signin)\."
)
READS_A_CLOCK = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns)|func\.now)$")
READS_A_SQL_CLOCK = re.compile(r"\b(current_timestamp|now\(\)|clock_timestamp|unixepoch)", re.IGNORECASE)


def test_no_python_file_is_longer_than_400_lines() -> None:
    long = {str(path): lines for path in python_files(EVERYTHING) if (lines := _lines(path)) > 400}
    assert not long


def test_only_core_commits() -> None:
    outside = [
        f"{path}:{line}"
        for path in python_files()
        if not path.is_relative_to(CORE)
        for call, line in calls(path)
        if call.endswith((".commit", ".rollback"))
    ]
    assert not outside


def test_only_core_clock_reads_the_time() -> None:
    elsewhere = [
        f"{path}:{line} {call}"
        for path in python_files()
        if path != CLOCK
        for call, line in calls(path)
        if READS_A_CLOCK.search(call)
    ]
    assert not elsewhere


def test_ids_tokens_and_secrets_come_from_core_ids_alone() -> None:
    """Seeded `random.Random` remains for what is made up; ruff keeps the module's own functions out."""
    found = [
        *((path, found) for path in python_files() for found in imports(path) if MODULES_OF_CHANCE.search(found[0])),
        *((path, found) for path in python_files() for found in calls(path) if CALLS_OF_CHANCE.search(found[0])),
    ]
    assert {path for path, _ in found} == {IDS}, found


def test_no_sql_reads_the_time_of_the_database() -> None:
    found = [
        f"{path}:{line} {text}"
        for path in python_files()
        for text, line in texts(path)
        if READS_A_SQL_CLOCK.search(text)
    ]
    assert not found


def test_core_knows_no_address_and_no_page_of_the_rooms_above_it() -> None:
    found = [
        f"{path}:{line} {text}"
        for path in python_files(("connect/core",))
        for text, line in texts(path)
        if OF_A_ROOM.search(text)
    ]
    assert not found


def test_init_files_are_empty() -> None:
    filled = [str(path) for path in python_files() if path.name == "__init__.py" and (ROOT / path).read_text().strip()]
    assert not filled


def _lines(path: Path) -> int:
    return len((ROOT / path).read_text().splitlines())


def test_every_kind_of_secret_text_is_kept_out_of_logs() -> None:
    """A prefix that ids.token gets and the log does not know would let whole tokens through (checklist 49)."""
    prefixes = {found for path in python_files() for found in re.findall(r'"(vt[a-z])"', (ROOT / path).read_text())}
    assert {f"{prefix}_" for prefix in prefixes} <= set(log._TOKEN_PREFIXES)
    assert {"vta", "vtr", "vtc", "vts", "vtl"} <= prefixes
