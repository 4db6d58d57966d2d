"""Evidence bundles and verify.py: what holds is verified, what was changed is refused and named."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, update

from connect.core import ids
from connect.ledger import bundle, keys, models, note, published, sealer, upkeep, verify
from connect.ledger.bundle import Selection
from connect.ledger.lines import RecordLine
from connect.ledger.queries import Filters
from tests.ledger.bundles import edit_rows, examine, files, flip, rewrite, run_alone, save
from tests.ledger.support import draft, write, write_many

ACCOUNT = ids.UUID(int=7)


@pytest.fixture
def key(database: ModuleType) -> str:
    sealer.seal_once()
    return keys.verifier_key(keys.origin())


@pytest.fixture
def extract(database: ModuleType, key: str, tmp_path: Path) -> Path:
    """Three entries of an account among sixty others."""
    write_many(database, 30)
    for i in range(3):
        write(database, draft(ACCOUNT, lines=[RecordLine(f"call_{i}"), RecordLine("call_é")]))
    write_many(database, 30)
    return save(tmp_path / "extract.zip", bundle.extract(Filters(account_id=ACCOUNT)))


@pytest.fixture
def whole(database: ModuleType, key: str, tmp_path: Path) -> Path:
    """A log of 300 leaves."""
    write_many(database, 300)
    return make(tmp_path / "log.zip", "log")


def make(path: Path, kind: str, *old_sizes: int) -> Path:
    with path.open("wb") as file:
        bundle.write(file, kind, Selection(), old_sizes)
    return path


def test_an_extract_verifies_in_a_bare_interpreter_and_says_what_it_checked(
    extract: Path, key: str, tmp_path: Path
) -> None:
    verdict = run_alone(tmp_path, extract, "--key", key)
    assert verdict.code == 0, verdict.said
    assert "Checkpoint   connect.test/ledger/1, 63 leaves, signed by the key that you gave." in verdict.said
    assert "3 opened, 0 erased, 0 missing" in verdict.said
    assert "6 record lines match the roots in their bodies" in verdict.said
    assert verdict.said.endswith("Result       verified.\n")


def test_a_whole_log_verifies_with_every_tile(whole: Path, key: str, tmp_path: Path) -> None:
    verdict = run_alone(tmp_path, whole, "--key", key)
    assert verdict.code == 0, verdict.said
    assert "Tree         300 leaves hashed, 3 tiles compared; the root is the checkpoint's." in verdict.said
    assert "300 opened" in verdict.said


def test_a_tree_verifies_without_opening_anything(
    database: ModuleType, whole: Path, key: str, tmp_path: Path, capsys: Any
) -> None:
    assert examine(make(tmp_path / "tree.zip", "tree"), "--key", key) == 0
    assert "0 opened, 0 erased, 0 missing" in capsys.readouterr().out


def test_without_a_key_the_result_is_consistent_but_not_pinned(extract: Path, capsys: Any) -> None:
    assert examine(extract) == verify.UNPINNED
    assert "consistent, but key not pinned" in capsys.readouterr().out


def test_a_bundle_signed_anew_by_another_key_is_refused(extract: Path, key: str) -> None:
    contents = files(extract)
    forger = Ed25519PrivateKey.generate()
    checkpoint = note.parse_checkpoint(contents["checkpoint"].decode().partition("\n\n")[0] + "\n")
    contents["checkpoint"] = note.sign(checkpoint.text(), checkpoint.origin, forger).encode()
    contents["keys"] = (note.verifier_key(checkpoint.origin, forger.public_key()) + "\n").encode()
    rewrite(extract, contents)
    assert examine(extract, "--key", key) == verify.SIGNATURE
    assert examine(extract) == verify.UNPINNED


@pytest.mark.parametrize("kind", ["extract", "log"])
def test_an_entry_changed_in_the_database_is_named_and_an_earlier_bundle_still_verifies(
    database: ModuleType, key: str, tmp_path: Path, kind: str, capsys: Any
) -> None:
    written = write_many(database, 5)
    earlier = make(tmp_path / "earlier.zip", kind)
    victim = written[2]
    with database.unit_of_work() as session:
        body = session.scalar(
            models.entry.select().with_only_columns(models.entry.c.body).where(models.entry.c.id == victim.id)
        )
        session.execute(
            update(models.entry).where(models.entry.c.id == victim.id).values(body=body.replace(b"GET", b"PUT"))
        )
    assert examine(make(tmp_path / "later.zip", kind), "--key", key) == verify.FAILED
    assert f"FAILED       {ids.encode('entry', victim.id)} (leaf 2): the body is not the one" in capsys.readouterr().out
    assert examine(earlier, "--key", key) == 0


def test_a_body_that_is_no_longer_text_is_named_too(database: ModuleType, key: str, tmp_path: Path) -> None:
    write_many(database, 2)
    with database.unit_of_work() as session:
        session.execute(update(models.entry).values(body=b"\xff\xfe"))
    assert examine(make(tmp_path / "log.zip", "log"), "--key", key) == verify.FAILED


def test_a_deleted_entry_is_missing_and_an_erased_one_is_not(
    database: ModuleType, key: str, tmp_path: Path, capsys: Any
) -> None:
    written = write_many(database, 5)
    sealer.seal_once()
    eraser = write(
        database, upkeep.erasure(kind="account", actor="system", account_id=ACCOUNT, leaves=[(0, 1)], reason="asked")
    )
    sealer.seal_once()
    gone = [entry.id for entry in written[:3]]
    with database.unit_of_work() as session:
        session.execute(delete(models.entry).where(models.entry.c.id.in_(gone)))
        session.execute(delete(models.lines).where(models.lines.c.entry_id.in_(gone)))
    assert examine(make(tmp_path / "log.zip", "log"), "--key", key) == verify.MISSING
    said = capsys.readouterr().out
    assert "3 opened, 2 erased, 1 missing" in said
    assert f"2 erased by {ids.encode('entry', eraser.id)} (leaf 5)" in said
    assert f"{ids.encode('entry', gone[2])} (leaf 2): missing" in said


def test_an_entry_cannot_declare_what_comes_after_it_erased(database: ModuleType, key: str, tmp_path: Path) -> None:
    write(database, upkeep.erasure(kind="account", actor="system", leaves=[(0, 99)]))
    victim = write(database)
    sealer.seal_once()
    with database.unit_of_work() as session:
        session.execute(delete(models.entry).where(models.entry.c.id == victim.id))
        session.execute(delete(models.leaf).where(models.leaf.c.entry_id == victim.id))
    assert examine(make(tmp_path / "log.zip", "log"), "--key", key) == verify.MISSING


@pytest.mark.parametrize("kind", ["extract", "log", "tree"])
def test_growth_from_every_published_checkpoint_is_shown(
    database: ModuleType, key: str, tmp_path: Path, kind: str, capsys: Any
) -> None:
    olds = []
    for number in (1, 4, 260):
        write_many(database, number)
        sealer.seal_once(publish=True)
        olds.append(tmp_path / f"old-{number}")
        shutil.copyfile(published.path(), olds[-1])
    write_many(database, 10)
    made = make(tmp_path / "later.zip", kind)
    for old in olds:
        assert examine(made, "--key", key, "--checkpoint", str(old)) == 0
    assert "the checkpoint of 265 leaves that you kept is the beginning of this log" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["extract", "log"])
def test_a_log_rewritten_since_the_kept_checkpoint_is_refused(
    database: ModuleType, key: str, tmp_path: Path, kind: str
) -> None:
    write_many(database, 5)
    sealer.seal_once(publish=True)
    write_many(database, 5)
    made = make(tmp_path / "later.zip", kind)
    signing = keys.signing_key()
    for size, root in ((5, b"r" * 32), (11, b"r" * 32)):
        forked = note.Checkpoint(keys.origin(), size, root)
        old = tmp_path / "forked"
        old.write_text(note.sign(forked.text(), forked.origin, signing), encoding="utf-8")
        assert examine(made, "--key", key, "--checkpoint", str(old)) == verify.OLD


def test_an_extract_without_the_asked_proof_says_so_and_one_made_for_it_has_it(
    database: ModuleType, key: str, tmp_path: Path, capsys: Any
) -> None:
    write_many(database, 5)
    sealer.seal_once()
    with database.read() as connection:
        unpublished = sealer.store.head(connection)
    assert unpublished is not None
    old = tmp_path / "old"
    old.write_text(unpublished.note, encoding="utf-8")
    with database.unit_of_work() as session:
        session.execute(delete(models.checkpoint))
    write_many(database, 5)
    assert examine(make(tmp_path / "a.zip", "extract"), "--key", key, "--checkpoint", str(old)) == verify.OLD
    assert "ask for one with your checkpoint" in capsys.readouterr().out
    assert examine(make(tmp_path / "b.zip", "extract", 5), "--key", key, "--checkpoint", str(old)) == 0


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("entries.jsonl", lambda rows: rows[0].update(index=rows[1]["index"])),
        ("entries.jsonl", lambda rows: rows[1].update(id=rows[0]["id"])),
        ("entries.jsonl", lambda rows: rows[0].update(index=-1)),
        ("entries.jsonl", lambda rows: rows[0].update(index=1.0)),
        ("entries.jsonl", lambda rows: rows[0].update(body=rows[1]["body"])),
        ("entries.jsonl", lambda rows: rows[0].update(nonce=rows[1]["nonce"])),
        ("entries.jsonl", lambda rows: rows[0].update(nonce=None, body=None)),
        ("lines.jsonl", lambda rows: rows.pop()),
        ("lines.jsonl", lambda rows: rows[0]["lines"].pop()),
        ("lines.jsonl", lambda rows: rows[0]["lines"].append('{"id":"call_9"}')),
        ("proofs.jsonl", lambda rows: rows.pop()),
        ("proofs.jsonl", lambda rows: rows[0]["hashes"].pop()),
        ("proofs.jsonl", lambda rows: rows[0]["hashes"].append(base64.b64encode(b"h" * 32).decode())),
        ("proofs.jsonl", lambda rows: rows[0]["hashes"].reverse()),
    ],
)  # fmt: skip
def test_a_forged_extract_is_refused(extract: Path, key: str, name: str, change: Any) -> None:
    edit_rows(extract, name, change)
    assert examine(extract, "--key", key) not in {0, verify.UNPINNED}


def test_every_flipped_bit_of_an_extract_is_refused(extract: Path, key: str, tmp_path: Path) -> None:
    contents = files(extract)
    for name in ("checkpoint", "entries.jsonl", "lines.jsonl", "proofs.jsonl"):
        for bit in spread(len(contents[name]) * 8):
            flipped = rewrite(tmp_path / "flipped.zip", contents | {name: flip(contents[name], bit)})
            assert examine(flipped, "--key", key) not in {0, verify.UNPINNED}, f"bit {bit} of {name}"


def test_every_flipped_bit_of_a_tile_or_entry_bundle_is_refused(whole: Path, key: str, tmp_path: Path) -> None:
    contents = files(whole)
    named = [name for name in contents if name.startswith("tile/")]
    assert sorted(named) == [
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/44",
    ]
    for name in named:
        for bit in spread(len(contents[name]) * 8, 40):
            flipped = rewrite(tmp_path / "flipped.zip", contents | {name: flip(contents[name], bit)})
            assert examine(flipped, "--key", key) in {verify.TREE, verify.FAILED}, f"bit {bit} of {name}"


def spread(bits: int, number: int = 150) -> range:
    """About `number` bits from the first to the last, each position in a byte among them."""
    return range(0, bits, max(bits // number, 1) | 1)


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_not_a_bundle_is_refused_in_a_sentence(tmp_path: Path, data: bytes, capsys: Any) -> None:
    path = tmp_path / "nothing.zip"
    path.write_bytes(data)
    assert examine(path) == verify.UNREADABLE
    assert "FAILED" in capsys.readouterr().out


def test_a_wrong_key_on_the_command_line_is_refused(extract: Path, key: str) -> None:
    assert examine(extract, "--key", key.replace("connect.test", "other.test")) == verify.SIGNATURE


def test_a_bundle_reaches_to_this_moment_and_says_what_waits_when_the_sealer_refuses(
    database: ModuleType, key: str, tmp_path: Path
) -> None:
    write(database, draft(ACCOUNT))
    made = bundle.extract(Filters(account_id=ACCOUNT))
    assert (made.count, made.waiting) == (1, 0)
    published.write(published.read().replace("\n1\n", "\n9\n"))  # type: ignore[union-attr]
    write(database, draft(ACCOUNT))
    made = bundle.extract(Filters(account_id=ACCOUNT))
    assert (made.count, made.waiting) == (1, 1)


def test_chosen_entries_come_alone(database: ModuleType, key: str, tmp_path: Path) -> None:
    written = write_many(database, 9)
    made = bundle.extract_of([written[4].id, written[8].id])
    assert made.count == 2
    assert examine(save(tmp_path / "two.zip", made), "--key", key) == 0


@pytest.mark.parametrize(
    "name", ["README.md", "verify.py", "SHA256SUMS", "keys", "policy", "manifest.json", "checkpoint"]
)
def test_a_bundle_brings_all_that_an_outside_examiner_needs(extract: Path, name: str, key: str) -> None:
    content = files(extract)[name].decode()
    assert content
    if name in {"keys", "policy"}:
        assert key in content
