"""The small parts: commitments, record lines, proofs as text."""

from __future__ import annotations

import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect.ledger import canonical, commitment, lines, proofs, tree, verify
from connect.ledger.lines import RecordLine
from connect.ledger.proofs import Proof


def test_a_commitment_is_33_bytes_over_domain_nonce_and_body() -> None:
    nonce = bytes(range(32))
    made = commitment.commit(nonce, b"{}")
    assert made == b"\x01" + hashlib.sha256(b"vtc-ledger/1\n" + nonce + b"{}").digest()
    assert len(made) == commitment.ENTRY_BYTES
    assert len({commitment.new_nonce() for _ in range(100)}) == 100


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_nonce_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        commitment.commit(b"n" * length, b"{}")


TEXT = st.text("_0123456789abcdefghjkmnpqrstvwxyz", min_size=1)
LINES = st.builds(RecordLine, TEXT, st.none() | TEXT, st.none() | TEXT, st.integers(0, 9), st.none() | TEXT)


@given(LINES)
def test_a_line_is_the_canonical_json_of_its_members(line: RecordLine) -> None:
    assert line.canonical() == canonical.encode(line._asdict())


@given(st.lists(LINES, max_size=30))
def test_lines_come_back_as_they_were_and_their_root_is_over_the_plain_lines(records: list[RecordLine]) -> None:
    packed = lines.pack(records)
    plain = lines.unpack(packed.data)
    assert plain == [record.canonical() for record in records]
    assert len(plain) == packed.count == len(records)
    assert lines.root(plain) == packed.root == verify.root_of([verify.leaf_hash(line) for line in plain])
    assert zlib.decompress(packed.data).count(b"\n") == max(len(records) - 1, 0)


def test_one_line_can_be_proved_without_the_others() -> None:
    packed = lines.pack(RecordLine(f"call_{i}") for i in range(50))
    plain = lines.unpack(packed.data)
    path = tree.inclusion_proof(17, 50, tree.over([tree.leaf_hash(line) for line in plain]))
    assert verify.includes(verify.Checkpoint("lines", 50, packed.root), 17, RecordLine("call_17").canonical(), path)


def test_damaged_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="do not decompress"):
        lines.unpack(b"not zlib")


@given(st.integers(0, 2**40), st.lists(st.binary(min_size=32, max_size=32), max_size=20), st.binary(max_size=30))
def test_a_proof_reads_back_from_its_text(index: int, hashes: list[bytes], extra: bytes) -> None:
    proof = Proof(index, hashes, "log\n5\nroot\n\n— log sig\n", extra)
    assert proofs.parse(proof.text()) == proof
    assert proof.text().startswith("c2sp.org/tlog-proof@v1\n" + ("extra " if extra else "index "))


@pytest.mark.parametrize(
    "text",
    ["", "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v2\nindex 0\n\nx", "c2sp.org/tlog-proof@v1\nindex 00\n\nx",
     "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx", "c2sp.org/tlog-proof@v1\nextra AAAA\n\nx",
     "c2sp.org/tlog-proof@v1\nindex 1\n?\n\nx"],
)  # fmt: skip
def test_a_text_that_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        proofs.parse(text)
