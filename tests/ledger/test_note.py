"""Signed notes and Ed25519: known vectors, and our two implementations against each other."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from connect.ledger import note, verify
from connect.ledger.note import Checkpoint, NoteError
from connect.ledger.verify import Refused

# RFC 8032, 7.1: secret key, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
# The example of the note package in Go's x/mod.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = GO_TEXT + (
    "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
LOG = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
ORIGIN = "connect.example/ledger"
VKEY = note.verifier_key(ORIGIN, LOG.public_key())
CHECKPOINT = Checkpoint(ORIGIN, 70_000, bytes(range(32)))
SIGNED = note.sign(CHECKPOINT.text(), ORIGIN, LOG)


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_the_auditors_ed25519_agrees_with_the_vectors_of_rfc_8032(
    secret: str, public: str, message: str, signature: str
) -> None:
    key, text, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert verify.ed25519_verifies(key, text, signed)
    assert Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)).sign(text) == signed
    assert not verify.ed25519_verifies(key, text + b"x", signed)
    beyond = int.from_bytes(signed[32:], "little") + verify.ORDER
    assert not verify.ed25519_verifies(key, text, signed[:32] + beyond.to_bytes(32, "little"))
    assert not verify.ed25519_verifies(key, text, signed[:-1])


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511))
def test_the_auditors_ed25519_accepts_what_the_platform_signs_and_no_flipped_bit(
    secret: bytes, message: bytes, bit: int
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(secret)
    public, signature = key.public_key().public_bytes_raw(), bytearray(key.sign(message))
    assert verify.ed25519_verifies(public, message, bytes(signature))
    signature[bit // 8] ^= 1 << bit % 8
    assert not verify.ed25519_verifies(public, message, bytes(signature))


def test_a_note_signed_by_gos_own_example_key_is_read() -> None:
    assert note.verify(GO_NOTE, [GO_KEY]) == GO_TEXT
    assert note.verifier_key(*note.parse_verifier_key(GO_KEY)) == GO_KEY


def test_a_checkpoint_is_three_lines_and_opens_with_its_key() -> None:
    assert SIGNED.startswith(f"{ORIGIN}\n70000\n{base64.b64encode(bytes(range(32))).decode()}\n\n— {ORIGIN} ")
    assert note.open_checkpoint(SIGNED, VKEY) == CHECKPOINT
    opened = verify.open_checkpoint(SIGNED, verify.parse_keys([VKEY]))
    assert opened == (CHECKPOINT.origin, CHECKPOINT.size, CHECKPOINT.root)


def test_signatures_of_unknown_keys_are_ignored_so_that_keys_can_overlap() -> None:
    line = note.sign(CHECKPOINT.text(), "witness.example", OTHER).split("\n\n")[1]
    assert note.open_checkpoint(SIGNED + line, VKEY) == CHECKPOINT
    assert verify.open_checkpoint(SIGNED + line, verify.parse_keys([VKEY])).size == 70_000


def test_every_flipped_bit_of_a_checkpoint_is_refused() -> None:
    good, keys = SIGNED.encode(), verify.parse_keys([VKEY])
    for bit in range(0, len(good) * 8):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError):  # NoteError, or not UTF-8
            note.open_checkpoint(flipped.decode(), VKEY)
        with pytest.raises((Refused, ValueError)):
            verify.open_checkpoint(flipped.decode(), keys)


def test_a_checkpoint_signed_by_another_key_of_the_same_name_is_refused() -> None:
    forged = note.sign(CHECKPOINT.text(), ORIGIN, OTHER)
    with pytest.raises(NoteError, match="no known key"):
        note.open_checkpoint(forged, VKEY)
    with pytest.raises(Refused, match="not signed by the key"):
        verify.open_checkpoint(forged, verify.parse_keys([VKEY]))


def test_a_checkpoint_of_another_log_under_a_known_key_is_refused() -> None:
    foreign = note.sign(Checkpoint("other.example", 1, bytes(32)).text(), ORIGIN, LOG)
    with pytest.raises(NoteError, match="another log"):
        note.open_checkpoint(foreign, VKEY)
    with pytest.raises(Refused, match="not signed by the key"):
        verify.open_checkpoint(foreign, verify.parse_keys([VKEY]))


@pytest.mark.parametrize(
    "text", ["", "a\n1\n", "\n1\nAAAA\n", "a\n01\nAAAA\n", "a\n-1\nAAAA\n", "a\n1\nAAAA\n", "a\n１\nAA==\n"]
)
def test_a_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        note.parse_checkpoint(text)


@pytest.mark.parametrize(
    "vkey", ["", "name", "name+00000000+AAAA", VKEY.replace(ORIGIN, "other"), VKEY[:-4], VKEY + "AAAA"]
)
def test_a_key_whose_parts_do_not_belong_together_is_refused(vkey: str) -> None:
    with pytest.raises(NoteError):
        note.parse_verifier_key(vkey)
    with pytest.raises((Refused, ValueError)):
        verify.parse_keys([vkey])
