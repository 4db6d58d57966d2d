"""Signed notes and checkpoints: the log's signature under a size and a root (C2SP signed-note, tlog-checkpoint).

Signing and checking for the platform itself, with the cryptography package. An auditor's check is verify.py, which needs no package.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_SIZE = re.compile(r"0|[1-9]\d*", re.ASCII)


class NoteError(ValueError):
    """A note that is malformed or that no known key has signed."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its name, how many leaves it has, their root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed: three lines."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


def verifier_key(name: str, key: Ed25519PublicKey) -> str:
    """The key as auditors keep it: `name+hash+key` (a vkey)."""
    raw = key.public_bytes_raw()
    return f"{name}+{_key_id(name, raw).hex()}+{_base64(_ED25519 + raw)}"


def parse_verifier_key(vkey: str) -> tuple[str, Ed25519PublicKey]:
    """(name, key) of a vkey; NoteError when its parts do not belong together."""
    try:
        name, key_id, data = vkey.split("+", 2)
    except ValueError as error:
        raise NoteError("a verifier key is name+hash+key") from error
    raw = _decode(data)
    if raw[:1] != _ED25519 or len(raw) != 33 or _key_id(name, raw[1:]).hex() != key_id:
        raise NoteError("the hash in the verifier key is not that of its name and an Ed25519 key")
    return name, Ed25519PublicKey.from_public_bytes(raw[1:])


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """`text` (ends in a newline) with a signature line under it."""
    key_id = _key_id(name, key.public_key().public_bytes_raw())
    return f"{text}\n— {name} {_base64(key_id + key.sign(text.encode()))}\n"


def verify(note: str, vkeys: Iterable[str]) -> str:
    """The text of a note that one of `vkeys` has signed.

    Signatures of unknown keys are ignored (rotation, witnesses); a wrong one by a known key refuses the whole note. Raises NoteError.
    """
    text, mark, signatures = note.rpartition("\n\n")
    if not mark or not signatures.endswith("\n"):
        raise NoteError("not a signed note")
    known = {(name, _key_id(name, key.public_bytes_raw())): key for name, key in map(parse_verifier_key, vkeys)}
    signed = [_check_line(line, text + "\n", known) for line in signatures.removesuffix("\n").split("\n")]
    if not any(signed):
        raise NoteError("signed by no known key")
    return text + "\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note's text; NoteError when a line is not in the one form it can have."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise NoteError("not a checkpoint")
    found = Checkpoint(lines[0], int(lines[1]), _decode(lines[2]))
    if len(found.root) != 32 or found.text() != "\n".join(lines[:3]) + "\n":
        raise NoteError("not a checkpoint")
    return found


def open_checkpoint(note: str, vkey: str) -> Checkpoint:
    """The checkpoint of a note signed by `vkey`, whose name is the log's origin. Raises NoteError."""
    found = parse_checkpoint(verify(note, [vkey]))
    if found.origin != vkey.split("+", 1)[0]:
        raise NoteError("a checkpoint of another log")
    return found


def _check_line(line: str, text: str, known: dict[tuple[str, bytes], Ed25519PublicKey]) -> bool:
    """Whether a known key has signed; NoteError when its signature is wrong."""
    dash, _, rest = line.partition(" ")
    name, _, data = rest.partition(" ")
    signature = _decode(data)
    if dash != "—" or not name or len(signature) < 5:
        raise NoteError("a malformed signature line")
    key = known.get((name, signature[:4]))
    if key is None:
        return False
    try:
        key.verify(signature[4:], text.encode())
    except InvalidSignature as error:
        raise NoteError(f"the signature of {name} is wrong") from error
    return True


def _key_id(name: str, raw: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + raw).digest()[:4]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decode(text: str) -> bytes:
    """Base64 in its one spelling: the decoder alone would let stray bits at the end pass."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise NoteError("not base64") from error
    if _base64(data) != text:
        raise NoteError("base64 with stray bits")
    return data
