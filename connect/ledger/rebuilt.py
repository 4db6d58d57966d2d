"""The tree rebuilt from its entry bundles, each tile and each signed root compared on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from connect.ledger import tiles, tree


class RebuiltTree:
    """Fed with one bundle after the other; calls `differs(what)` for each tile or root that is not the one that should be.

    Kept are the hashes of full tiles (a megabyte for eight million leaves) and the leaf hashes of the bundle at hand.
    """

    def __init__(
        self,
        tile: Callable[[int, int], bytes | None],
        signed: Sequence[tuple[int, bytes, str]],
        differs: Callable[[str], None],
    ) -> None:
        """`tile(level, number)` reads a stored tile; `signed` are (size, root, name) by size."""
        self._tile, self._differs = tile, differs
        self._signed = [item for item in signed if item[0]]
        self._full: list[list[bytes]] = [[] for _ in range(9)]  # by level, the roots of full tiles of the level below
        self._leaves: list[bytes] = []
        self.size = 0
        self.compared = 0

    def add(self, entries: Sequence[bytes]) -> None:
        """The next bundle: 256 entries, fewer only at the end."""
        self._leaves = tree.leaf_hashes(entries)
        self._compare(0, self.size // tiles.WIDTH, self._leaves)
        self.size += len(entries)
        if len(entries) == tiles.WIDTH:
            self._lift(1, self._leaves)
        while self._signed and self._signed[0][0] <= self.size:
            size, root, name = self._signed.pop(0)
            if self._root(size) != root:
                self._differs(f"{name} was signed over another tree: its root is not that of the first {size} leaves")

    def finish(self) -> None:
        """Compare the tiles above the leaves."""
        for level, row in enumerate(self._full):
            for start in range(0, len(row), tiles.WIDTH):
                self._compare(level, start // tiles.WIDTH, row[start : start + tiles.WIDTH])

    def _lift(self, level: int, tile: Sequence[bytes]) -> None:
        row = self._full[level]
        row.append(tree.root(tile))
        if len(row) % tiles.WIDTH == 0:
            self._lift(level + 1, row[-tiles.WIDTH :])

    def _root(self, size: int) -> bytes:
        """The root at a size within the bundle at hand."""
        smaller = [tree.root(self._leaves[: size % tiles.WIDTH])] if size % tiles.WIDTH else []
        for level in range(1, len(self._full)):
            end = size >> (tiles.HEIGHT * level)
            if end % tiles.WIDTH:
                smaller = [tree.root(self._full[level][end - end % tiles.WIDTH : end] + smaller)]
        return tree.root(smaller)

    def _compare(self, level: int, number: int, hashes: Sequence[bytes]) -> None:
        self.compared += 1
        wanted = b"".join(hashes)
        if (self._tile(level, number) or b"")[: len(wanted)] != wanted:
            self._differs(f"{tiles.path(level, number)} is not the tile over its entries")
