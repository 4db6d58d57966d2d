"""The log says itself which key signs it: to whoever queries it, and to whoever verifies a bundle of it."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

from click.testing import CliRunner

from connect.cli.ledger import ledger
from connect.ledger import bundle, keys
from connect.ledger.queries import Filters
from connect.ledger.sealer import Sealer
from tests.ledger.bundles import run_alone, save


def test_a_query_shows_the_key_from_when_it_signs(database: ModuleType) -> None:
    Sealer().name_key()
    done = CliRunner().invoke(ledger, ["query", "--type", "key", "--json"], catch_exceptions=False)
    [entry] = json.loads(done.stdout)["entries"]
    assert (entry["type"], entry["body"]["event"]) == ("key", "signs")
    assert entry["body"]["vkey"] == keys.verifier_key(keys.origin())


def test_the_verifier_says_of_a_bundle_which_key_signs_from_when(database: ModuleType, tmp_path: Path) -> None:
    Sealer().name_key()
    verdict = run_alone(tmp_path, _extract(tmp_path), "--key", keys.verifier_key(keys.origin()))
    assert verdict.code == 0, verdict.said
    [line] = [line for line in verdict.said.splitlines() if line.startswith("Key ")]
    assert f"{keys.verifier_key(keys.origin())}: signs, 20" in line and "(leaf 0)" in line


def _extract(folder: Path) -> Path:
    return save(folder / "extract.zip", bundle.extract(Filters(type="key")))
