"""`connect import`, from a file to the account."""

from __future__ import annotations

import gzip
import json
import threading
import time
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, update

from connect.accounts.models import Account
from connect.calls.models import Agent, Call, CallLeg, Contact, Department, Subject, VirtualNumber
from connect.calls.signals import call_ended
from connect.cli.imports import import_command
from connect.core import ids, settings
from tests.calls.bank_rows import HUNG_UP, row, text
from tests.support.databases import sqlite_only

TABLES = (VirtualNumber, Department, Agent, Subject, Contact, Call, CallLeg)


@pytest.fixture
def overrides(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Large batches, so that the whole file takes seconds; the speed is proved with the default."""
    return {} if request.node.get_closest_marker("prove") else {"import_batch": 5000}


def run(account_id: UUID, file: Path, *options: str) -> Result:
    words = ["--account", ids.encode("acc", account_id), "--format", "bank-1999", *options, str(file)]
    return CliRunner().invoke(import_command, words)


def state(database: ModuleType) -> list[Any]:
    """What is stored: how many rows, how many changes so far, when the last was."""
    with database.read() as connection:
        counts = [connection.scalar(select(func.count()).select_from(table)) for table in TABLES]
        changes = connection.scalar(select(Account.change_counter))
        return [*counts, changes, connection.scalar(select(func.max(Call.updated_at)))]


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    path = tmp_path / "calls.tsv"
    path.write_bytes(text(row(), row(call_id="2", **HUNG_UP), row(call_id="3", outcome="PHANTOM")))
    return path


def test_the_real_file_is_stored_with_the_known_counts_and_a_second_run_changes_nothing(
    database: ModuleType, account_id: UUID, bank_calls: Path
) -> None:
    first = json.loads(run(account_id, bank_calls, "--shift-to", "2026-11-25", "--json").stdout)
    assert first["rows"] == 33_344
    assert first["calls"] == {
        "total": 33_066, "answered": 27_162, "abandoned_ivr": 1_972, "abandoned_queue": 3_932
    }  # fmt: skip
    assert [first[name] for name in ("numbers", "departments", "users", "contacts")] == [27, 6, 24, 4_021]
    assert (len(first["refused"]), len(first["left_empty"]), first["shifted_weeks"]) == (278, 23, 1_447)
    assert first["stored"] == {"added": 33_066, "changed": 0, "unchanged": 0}
    before = state(database)
    assert before[:-2] == [27, 6, 24, 4_021, 4_021, 33_066, 27_112]
    second = json.loads(run(account_id, bank_calls, "--shift-to", "2026-11-25", "--json").stdout)
    assert second["stored"] == {"added": 0, "changed": 0, "unchanged": 33_066}
    assert state(database) == before
    with database.read() as connection:
        by_status = connection.execute(select(Call.status, func.count()).group_by(Call.status)).all()
        doubtful = connection.scalar(select(func.count()).where(Call.ivr_s.is_(None), Call.total_s.is_(None)))
    assert dict(map(tuple, by_status)) == {name: n for name, n in first["calls"].items() if name != "total"}
    assert doubtful == 23


@sqlite_only
@pytest.mark.prove
def test_the_real_file_takes_less_than_20_seconds_on_sqlite(
    database: ModuleType, account_id: UUID, bank_calls: Path
) -> None:
    started = time.monotonic()
    assert run(account_id, bank_calls).exit_code == 0
    assert time.monotonic() - started < 20


@sqlite_only
@pytest.mark.prove
def test_a_writer_on_the_same_file_hardly_waits_for_an_import(
    database: ModuleType, account_id: UUID, bank_calls: Path
) -> None:
    """A second `Database` stands for a server in another process: the two share the file's lock and nothing else."""
    server, over, waits = database.Database(settings.current()), threading.Event(), []

    def serve() -> None:
        while not over.wait(0.005):
            started = time.monotonic()
            with server.unit_of_work() as session:
                session.execute(update(Account).values(name="Acme"))
            waits.append(time.monotonic() - started)

    thread = threading.Thread(target=serve)
    thread.start()
    assert run(account_id, bank_calls).exit_code == 0
    over.set()
    thread.join()
    server.engine.dispose()
    assert len(waits) > 200 and sorted(waits)[int(len(waits) * 0.99)] < 0.1


def test_json_has_the_documented_keys_and_stands_alone_on_standard_output(account_id: UUID, small_file: Path) -> None:
    result = run(account_id, small_file, "--json")
    report = json.loads(result.stdout)
    assert set(report) == {
        "account", "format", "file", "rows", "calls", "numbers", "departments", "users", "contacts",
        "stored", "refused", "left_empty", "remarks", "timezone", "number_range", "shifted_weeks",
    }  # fmt: skip
    assert result.stderr == ""
    assert report["refused"] == [{"line": 4, "reason": "PHANTOM: the exchange wrote a row without a call"}]
    documented = (Path(__file__).parents[2] / "docs" / "operator" / "import.md").read_text()
    assert all(f"`{key}`" in documented for key in report)


def test_people_read_refused_rows_totals_and_plain_progress(account_id: UUID, small_file: Path) -> None:
    result = run(account_id, small_file, "--shift-to", "2026-11-25")
    assert "line 4: refused, PHANTOM" in result.stdout
    assert "All times were moved by 1,445 weeks." in result.stdout
    assert "3 rows: 2 calls (1 answered, 1 abandoned_queue), 1 refused." in result.stdout
    assert "2 calls added, 0 changed, 0 as they were." in result.stdout
    assert result.stderr == "2 of 2 calls\n"


def test_an_import_tells_nobody(account_id: UUID, small_file: Path) -> None:
    told = []

    def receiver(_session: Any, call: Any) -> None:
        told.append(call)

    with call_ended.connected_to(receiver):
        assert run(account_id, small_file).exit_code == 0
    assert told == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(text(*(row(call_id=str(n)) for n in range(3000))))[:-400], "broken, line "),
        (text(header="a\tb"), "broken, line 1: "),
        (text(row()) + row(call_id="2", server="JOSÉ").encode("latin-1") + b"\r\n", "broken, line 3: not UTF-8"),
        (text(row(), row(call_id="2").rpartition("\t")[0]), "broken, line 3: 17 columns expected, 16 found"),
        (text(row(), row(call_id="2", date="990231")), "broken, line 3: date: '990231'"),
    ],
    ids=["truncated gzip", "wrong header", "wrong encoding", "16 columns", "no such day"],
)
def test_a_broken_file_ends_with_its_line_and_writes_nothing(
    database: ModuleType, account_id: UUID, tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "broken").write_bytes(content)
    result = run(account_id, tmp_path / "broken")
    assert result.exit_code == 1 and result.stdout == ""
    assert said in result.stderr and "Nothing was written." in result.stderr
    assert state(database) == [0] * len(TABLES) + [0, None]


def test_an_import_that_was_stopped_is_finished_by_the_next(
    database: ModuleType, account_id: UUID, small_file: Path, tmp_path: Path
) -> None:
    half = tmp_path / "half.tsv"
    half.write_bytes(text(row()))
    run(account_id, half)
    assert json.loads(run(account_id, small_file, "--json").stdout)["stored"] == {
        "added": 1, "changed": 0, "unchanged": 1
    }  # fmt: skip


def test_another_shift_moves_the_same_calls(database: ModuleType, account_id: UUID, small_file: Path) -> None:
    run(account_id, small_file)
    report = json.loads(run(account_id, small_file, "--shift-to", "2026-11-25", "--json").stdout)
    assert report["stored"] == {"added": 0, "changed": 2, "unchanged": 0}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--account", "acc_nonsense"), "--account"),
        (("--account", ids.encode("acc", UUID(int=7))), "--account"),
        (("--format", "csv"), "--format"),
        (("--shift-to", "2026-02-30"), "--shift-to"),
    ],
)
def test_a_wrong_option_is_named(account_id: UUID, small_file: Path, options: tuple[str, str], said: str) -> None:
    result = run(account_id, small_file, *options)
    assert result.exit_code == 2 and said in result.stderr
