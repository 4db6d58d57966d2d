"""Record lines: which record of a disclosure showed what, one line of canonical JSON per record, apart from the body.

The body names the RFC 6962 root over the plain lines, so that a single line can be shown with its proof, or erased, without the others.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from connect.ledger import tree

_LEVEL = 1  # ids are random: higher levels cost three times the time for a twentieth of the bytes


class RecordLine(NamedTuple):
    """What left of one record: ids in text form, which of the body's field sets, the subject's salted digest in hex."""

    id: str
    number: str | None = None
    department: str | None = None
    set: int = 0
    subject: str | None = None

    def canonical(self) -> bytes:
        """As canonical.encode would give it; written out, since a page has many and nothing in ids and digests needs an escape."""
        number, department, subject = _text(self.number), _text(self.department), _text(self.subject)
        return (
            f'{{"department":{department},"id":"{self.id}","number":{number},"set":{self.set},"subject":{subject}}}'
        ).encode()


@dataclass(frozen=True, slots=True)
class PackedLines:
    """The root and number of the plain lines, and the lines compressed (zlib, which Python's standard library reads)."""

    root: bytes
    count: int
    data: bytes


def pack(lines: Iterable[RecordLine]) -> PackedLines:
    """Lines as they are stored."""
    plain = [line.canonical() for line in lines]
    return PackedLines(root(plain), len(plain), zlib.compress(b"\n".join(plain), _LEVEL))


def unpack(data: bytes) -> list[bytes]:
    """The plain lines; ValueError when the stored bytes are damaged."""
    try:
        plain = zlib.decompress(data)
    except zlib.error as error:
        raise ValueError(f"the lines do not decompress: {error}") from error
    return plain.split(b"\n") if plain else []


def root(plain: Iterable[bytes]) -> bytes:
    """The root that the body names."""
    return tree.root(tree.leaf_hashes(plain))


def _text(value: str | None) -> str:
    return "null" if value is None else f'"{value}"'
