"""`connect ledger …`: what each command prints, for people and for programs, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from connect.cli.ledger import DOES_NOT_HOLD, ledger
from connect.core import ids
from connect.ledger import keys, models, queries, sealer, verify
from connect.ledger.lines import RecordLine
from connect.ledger.queries import Filters
from scripts.commands import ANSWERS
from tests.ledger.support import draft, write, write_many
from tests.ledger.test_bundle import ACCOUNT


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(ledger, [str(argument) for argument in arguments], catch_exceptions=False)


def answer(*arguments: str | Path, ends: int = 0) -> Any:
    done = run(*arguments, "--json")
    assert done.exit_code == ends, done.output
    return json.loads(done.stdout)


def documented(command: str) -> list[str]:
    """Names of the documented members: those in brackets for a list, else those at the top."""
    said = ANSWERS[command]
    return said[said.index("[") + 1 : said.index("]")].split(", ") if said.startswith("entries[") else said.split(", ")


def test_a_query_by_request_gives_records_fields_masks_and_the_digest_of_what_was_sent(database: ModuleType) -> None:
    write_many(database, 3)
    lines = [RecordLine("call_1"), RecordLine("call_2")]
    made = write(database, draft(ACCOUNT, request_id="req_9", lines=lines, sha256="ef" * 32))
    sealer.seal_once(publish=True)
    found = answer("query", "--request-id", "req_9")["entries"]
    assert [entry["id"] for entry in found] == [ids.encode("entry", made.id)]
    assert list(found[0]) == documented("ledger query")
    assert found[0]["records"] == ["call_1", "call_2"]
    assert found[0]["fields"] == ["id", "started_at", "caller_e164"]
    assert found[0]["masks"] == {"caller_e164": "number"}
    assert found[0]["sha256"] == "ef" * 32
    assert found[0]["body"]["account"] == ids.encode("acc", ACCOUNT)
    assert found[0]["leaf_index"] == 3
    assert found[0]["proof"].startswith("c2sp.org/tlog-proof@v1\nindex 3\n")
    assert found[0]["fault"] is None


def test_every_filter_is_an_option_and_a_look_is_written_down(database: ModuleType) -> None:
    account = ids.encode("acc", ACCOUNT)
    write(database, draft(ACCOUNT, channel="webhook"))
    assert (
        len(answer("query", "--account", account, "--channel", "webhook", "--since", "2020-01-01T00:00:00Z")["entries"])
        == 1
    )
    assert answer("query", "--account", account, "--channel", "api")["entries"] == []
    with database.read() as connection:
        looks = queries.search(connection, Filters(type="viewed"))
    said = looks[1].members
    assert said["filters"] == {"account_id": account, "channel": "webhook", "since": "2020-01-01T00:00:00.000000Z"}
    assert (said["place"], said["count"]) == ("command", 1)
    assert said["actor"].startswith("operator:")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--account", "acc_1"], "an id here starts with acc_"),
        (["--since", "yesterday"], "Invalid"),
        (["--since", "2026-01-01"], "zone"),
        (["--limit", "0"], "not in the range"),
    ],
)
def test_a_wrong_option_is_refused_with_what_would_be_right(
    database: ModuleType, arguments: list[str], says: str
) -> None:
    done = run("query", *arguments)
    assert done.exit_code == 2
    assert says in done.output


def test_people_get_tables(database: ModuleType) -> None:
    write(database, draft(ACCOUNT))
    assert "waits" in run("query").output
    assert "sealed: 2" in run("seal").output
    assert "result: all as sealed" in run("check").output
    assert "differences: 0" in run("reconcile").output


def test_seal_seals_and_publishes_at_once(database: ModuleType) -> None:
    write_many(database, 3)
    sealer.seal_once()
    write(database)
    assert answer("seal") == {"sealed": 1, "size": 4, "published": 4}


def test_check_names_the_changed_entry_and_ends_with_a_code_of_its_own(database: ModuleType) -> None:
    victim = write_many(database, 3)[1]
    sealer.seal_once()
    sound = answer("check")
    assert list(sound) == [*documented("ledger check")[:8], "findings"]
    assert sound["ok"] is True
    with database.unit_of_work() as session:
        session.execute(update(models.entry).where(models.entry.c.id == victim.id).values(status=500))
    broken = answer("check", ends=DOES_NOT_HOLD)
    assert broken["findings"] == [
        {"what": "the columns say other than the body: status", "entry": ids.encode("entry", victim.id), "leaf": 1}
    ]
    done = run("check")
    assert done.exit_code == DOES_NOT_HOLD
    assert f"{ids.encode('entry', victim.id)}: the columns say other" in done.output


def test_an_export_is_an_entry_and_its_bundle_verifies(database: ModuleType, tmp_path: Path) -> None:
    write_many(database, 5)
    write(database, draft(ACCOUNT))
    file = tmp_path / "bundle.zip"
    made = answer("export", file, "--account", ids.encode("acc", ACCOUNT))
    assert made == {"file": str(file), "kind": "extract", "entries": 1, "waiting": 0, "size": 7}
    key = keys.verifier_key(keys.origin())
    verdict = answer("verify", file, "--key", key)
    assert (verdict["code"], verdict["verified"]) == (0, True)
    assert verdict["said"][-1] == "Result       verified."
    assert answer("verify", file, ends=verify.UNPINNED)["verified"] is False
    done = run("verify", file, "--key", key)
    assert done.exit_code == 0
    assert done.output.startswith("Checkpoint   connect.test/ledger/1, 7 leaves")
    with database.read() as connection:
        exported = queries.search(connection, Filters(type="exported"))
    assert exported[0].members["filters"] == {"account_id": ids.encode("acc", ACCOUNT)}


@pytest.mark.parametrize("kind", ["log", "tree"])
def test_a_whole_log_can_be_exported(database: ModuleType, tmp_path: Path, kind: str) -> None:
    write_many(database, 5)
    file = tmp_path / "bundle.zip"
    made = answer("export", file, "--kind", kind)
    assert (made["kind"], made["size"]) == (kind, 6)
    assert answer("verify", file, "--key", keys.verifier_key(keys.origin()))["verified"]


def test_an_export_proves_growth_from_a_checkpoint_that_was_never_published(
    database: ModuleType, tmp_path: Path
) -> None:
    write_many(database, 5)
    sealer.seal_once()
    with database.read() as connection:
        kept = connection.scalar(select(models.state.c.note))
    with database.unit_of_work() as session:
        session.execute(models.checkpoint.delete())
    old = tmp_path / "old"
    old.write_text(kept, encoding="utf-8")
    file = tmp_path / "bundle.zip"
    answer("export", file, "--checkpoint", old)
    arguments = ("verify", file, "--key", keys.verifier_key(keys.origin()), "--checkpoint", old)
    assert answer(*arguments)["verified"]


def test_a_sealer_that_refuses_is_told_in_a_sentence(database: ModuleType) -> None:
    write(database)
    sealer.seal_once()
    with database.unit_of_work() as session:
        session.execute(update(models.state).values(root=b"r" * 32))
    done = run("seal")
    assert done.exit_code == 1
    assert "The sealer refuses: " in done.output


def test_nothing_is_found_under_an_unknown_id(database: ModuleType) -> None:
    assert run("query", "--record", "call_1", "--person", ids.encode("psn", UUID(int=1))).output == "No entries.\n"
