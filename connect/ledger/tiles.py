"""The tree as files: tiles of 256 hashes and bundles of 256 entries (C2SP tlog-tiles).

A tile is named by level and number; the level of an entry bundle is -1 here, as in the table. A narrow tile is a prefix
of the wider one that replaces it, so one growing row per tile is enough and narrower forms are cut from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from connect.ledger import tree

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH_BYTES = 32
ENTRIES = -1

_PATH = re.compile(r"tile/(entries|0|[1-9]\d?)/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tile:
    """`width` hashes (level 0 and up) or entries (level -1) from the left of tile `number`."""

    level: int
    number: int
    width: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Growth:
    """What appending entries changed: the new size, its root, and every tile that grew, in its new form."""

    size: int
    root: bytes
    tiles: tuple[Tile, ...]


def path(level: int, number: int, width: int = WIDTH) -> str:
    """Where tlog-tiles puts a tile: `tile/0/x001/234`, `tile/entries/000.p/17`."""
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{'entries' if level == ENTRIES else level}/{name}" + ("" if width == WIDTH else f".p/{width}")


def parse_path(text: str) -> tuple[int, int, int]:
    """(level, number, width) of a tile's path; ValueError for every spelling but the one that `path` writes."""
    match = _PATH.fullmatch(text)
    if match is None:
        raise ValueError("not the path of a tile")
    level, name, width = match.groups()
    found = (ENTRIES if level == "entries" else int(level), int(re.sub(r"[x/]", "", name)), int(width or WIDTH))
    if path(*found) != text or found[0] > 63 or found[2] > WIDTH:
        raise ValueError("not the path of a tile")
    return found


def width_at(size: int, level: int, number: int) -> int:
    """How many hashes (or entries) tile `number` of `level` has in a tree of `size`: 0 to 256."""
    return min(max((size >> (HEIGHT * max(level, 0))) - number * WIDTH, 0), WIDTH)


def layout(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, number, width) of every tile and bundle of a tree of `size`, bundles first, lowest number first."""
    for level in range(ENTRIES, 64):
        count = size >> (HEIGHT * max(level, 0))
        for number in range(-(-count // WIDTH)):
            yield level, number, width_at(size, level, number)
        if not count:
            return


def cut(data: bytes, level: int, width: int) -> bytes:
    """The first `width` hashes of a tile, or entries of a bundle."""
    return data[: width * HASH_BYTES] if level != ENTRIES else pack_entries(unpack_entries(data)[:width])


def hashes(data: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)]


def pack_entries(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry after its length in two bytes, big-endian."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unpack_entries(data: bytes) -> list[bytes]:
    """The entries of a bundle; ValueError when it ends within one."""
    entries: list[bytes] = []
    position = 0
    while position < len(data):
        start = position + 2
        position = start + int.from_bytes(data[position:start], "big")
        if start > len(data) or position > len(data):
            raise ValueError("an entry bundle that ends within an entry")
        entries.append(data[start:position])
    return entries


def edge(size: int) -> list[tuple[int, int]]:
    """(level, number) of the tiles at the right edge of a tree: what is needed to append to it and to know its root."""
    levels = range(size.bit_length() // HEIGHT + 1)
    partial = [(level, size >> (HEIGHT * (level + 1))) for level in levels if size >> (HEIGHT * level) & (WIDTH - 1)]
    return [(ENTRIES, size >> HEIGHT), *partial] if size % WIDTH else partial


def edge_root(size: int, right: Mapping[tuple[int, int], bytes]) -> bytes:
    """The root of a tree of `size` from the tiles that `edge` names."""
    smaller: list[bytes] = []
    for level, number in edge(size):
        if level != ENTRIES:
            row = hashes(right[level, number])[: width_at(size, level, number)]
            smaller = [tree.root(row + smaller)]
    return smaller[0] if smaller else tree.EMPTY_ROOT


def grow(size: int, right: Mapping[tuple[int, int], bytes], entries: Sequence[bytes]) -> Growth:
    """Append `entries` to a tree of `size` whose `edge` tiles are `right` (cut to the tree's size)."""
    changed = _widened(right, ENTRIES, size, [pack_entries([entry]) for entry in entries])
    level, first, row = 0, size, tree.leaf_hashes(entries)
    while row:
        wider = _widened(right, level, first, row)
        changed |= wider
        level, first = level + 1, first >> HEIGHT
        row = [tree.root(hashes(data)) for data in wider.values() if len(data) == WIDTH * HASH_BYTES]
    grown = size + len(entries)
    tiles = tuple(Tile(*key, width_at(grown, *key), data) for key, data in changed.items())
    return Growth(grown, edge_root(grown, {**right, **changed}), tiles)


def _widened(
    right: Mapping[tuple[int, int], bytes], level: int, first: int, items: Sequence[bytes]
) -> dict[tuple[int, int], bytes]:
    """The tiles of a level that take `items`, the first of them at position `first` of the level."""
    wider: dict[tuple[int, int], bytes] = {}
    done = 0
    while done < len(items):
        number, within = divmod(first + done, WIDTH)
        part = items[done : done + WIDTH - within]
        wider[level, number] = right.get((level, number), b"") + b"".join(part)
        done += len(part)
    return wider


def node_reader(read: Callable[[int, int], bytes]) -> tree.Node:
    """A reader of tree nodes over `read(level, number) -> data` of tiles at least as wide as the tree needs."""

    def node(level: int, index: int) -> bytes:
        tile_level, above = divmod(level, HEIGHT)
        first = index << above
        start = first % WIDTH * HASH_BYTES
        return tree.root(hashes(read(tile_level, first >> HEIGHT)[start : start + (HASH_BYTES << above)]))

    return node
