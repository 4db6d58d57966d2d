"""Record lines: which record of a disclosure showed what, one line of canonical JSON per record, apart from the body.

The body names the RFC 6962 root over the plain lines, so that a single line can be shown with its proof, or erased, without the others.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from connect.ledger import canonical, tree

_LEVEL = 1  # ids are random: higher levels cost three times the time for a twentieth of the bytes


@dataclass(frozen=True, slots=True)
class PackedLines:
    """The root and number of the plain lines, and the lines compressed (zlib, which Python's standard library reads)."""

    root: bytes
    count: int
    data: bytes


def pack(lines: Iterable[Mapping[str, Any]]) -> PackedLines:
    """Lines as they are stored. Raises NotCanonical for a value outside the profile."""
    plain = [canonical.encode(line) for line in lines]
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
