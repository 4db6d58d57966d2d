"""Merkle trees as RFC 6962, section 2.1 builds them: hashes, roots, and the proofs a log hands out.

Checking a proof is not here but in verify.py, which shares no code with the writer of the log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

# `node(level, index)` is the hash over leaves `index * 2**level` to `(index + 1) * 2**level`, a complete subtree.
Node = Callable[[int, int], bytes]

_sha256 = hashlib.sha256
EMPTY_ROOT = _sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry)."""
    return _sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """The leaf hash of each entry."""
    return [_sha256(b"\x00" + entry).digest() for entry in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return _sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The Merkle Tree Hash over leaf hashes.

    Pairs are hashed level by level and an odd last one moves up, which gives the same tree as the RFC's split at the
    largest power of two. The last hash may also be the root of a smaller subtree.
    """
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        odd = row[-1:] if len(row) % 2 else []
        row = [_sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=False)]
        row += odd
    return row[0]


def range_hash(start: int, end: int, node: Node) -> bytes:
    """The Merkle Tree Hash over leaves `start` to `end` (excluded), a range that the RFC's splits can produce."""
    width = end - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(width)
    return node_hash(range_hash(start, middle, node), range_hash(middle, end, node))


def tree_root(size: int, node: Node) -> bytes:
    """The root over the first `size` leaves."""
    return range_hash(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """PATH(index, D[size]): the hashes from the leaf's sibling up to the root's child (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise IndexError(f"leaf {index} is not in a tree of {size}")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(range_hash(middle, end, node))
            end = middle
        else:
            proof.append(range_hash(start, middle, node))
            start = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """PROOF(old, D[new]): what shows that the older tree is a prefix of the newer (RFC 6962, 2.1.2).

    Empty for `old == 0`, which is consistent with everything, and for `old == new`.
    """
    if not 0 <= old <= new:
        raise IndexError(f"no consistency from {old} to {new}")
    proof: list[bytes] = []
    start, end = 0, new
    while old and end != old:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(range_hash(middle, end, node))
            end = middle
        else:
            proof.append(range_hash(start, middle, node))
            start = middle
    if start:
        proof.append(range_hash(start, end, node))
    return proof[::-1]


def over(hashes: Sequence[bytes]) -> Node:
    """A node reader over leaf hashes held in memory, for small trees such as the lines of one entry."""

    def node(level: int, index: int) -> bytes:
        return root(hashes[index << level : (index + 1) << level])

    return node


def _split(width: int) -> int:
    """The largest power of two below `width` (2 or more)."""
    return 1 << ((width - 1).bit_length() - 1)
