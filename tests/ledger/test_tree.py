"""Trees, proofs and tiles: against the vectors of Certificate Transparency, the definitions of RFC 6962, pymerkle, and verify.py."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from connect.ledger import tiles, tree, verify
from connect.ledger.commitment import commit
from connect.ledger.verify import Checkpoint

# The leaves and roots that the first implementations of Certificate Transparency were tested with.
CT_LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [tree.leaf_hash(bytes([i % 251, i // 251])) for i in range(700)]
SIZES = st.integers(1, len(HASHES))


def by_definition(hashes: Sequence[bytes]) -> bytes:
    """MTH as RFC 6962, 2.1 defines it, by its own recursion."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256().digest()
    middle = 1
    while middle * 2 < len(hashes):
        middle *= 2
    return tree.node_hash(by_definition(hashes[:middle]), by_definition(hashes[middle:]))


def stored(entries: Sequence[bytes], steps: Sequence[int] = ()) -> tuple[bytes, dict[tuple[int, int], bytes]]:
    """Root and tiles of a log that grew in `steps` and then by the rest."""
    kept: dict[tuple[int, int], bytes] = {}
    size, root = 0, tree.EMPTY_ROOT
    for end in [*sorted(steps), len(entries)]:
        right = {key: kept[key] for key in tiles.edge(size)}
        growth = tiles.grow(size, right, entries[size:end])
        kept |= {(tile.level, tile.number): tile.data for tile in growth.tiles}
        size, root = growth.size, growth.root
    return root, kept


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert tree.root([tree.leaf_hash(leaf) for leaf in CT_LEAVES[:size]]).hex() == CT_ROOTS[size - 1]


@given(st.integers(0, len(HASHES)))
def test_root_is_the_one_that_rfc_6962_defines(size: int) -> None:
    assert tree.root(HASHES[:size]) == by_definition(HASHES[:size]) == verify.root_of(HASHES[:size])


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=80))
def test_root_is_the_one_that_pymerkle_computes(leaves: list[bytes]) -> None:
    other = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        other.append_entry(leaf)
    assert tree.root([tree.leaf_hash(leaf) for leaf in leaves]) == other.get_root()


@given(st.data(), SIZES)
def test_every_leaf_has_an_inclusion_proof_that_holds_for_it_alone(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    entry = bytes([index % 251, index // 251])
    head = Checkpoint("log", size, tree.root(HASHES[:size]))
    path = tree.inclusion_proof(index, size, tree.over(HASHES[:size]))
    assert verify.includes(head, index, entry, list(path))
    assert not verify.includes(head, index, entry + b"x", list(path))
    assert size == 1 or not verify.includes(head, (index + 1) % size, entry, list(path))
    assert not verify.includes(head, index, entry, [*path, path[0]] if path else [b"x" * 32])
    assert not path or not verify.includes(head, index, entry, path[:-1])
    if path:
        broken = list(path)
        at = data.draw(st.integers(0, len(path) - 1))
        broken[at] = bytes([broken[at][0] ^ 1]) + broken[at][1:]
        assert not verify.includes(head, index, entry, broken)


@given(st.data(), SIZES)
def test_every_older_tree_has_a_consistency_proof_that_holds_for_it_alone(data: st.DataObject, size: int) -> None:
    old_size = data.draw(st.integers(0, size))
    old = Checkpoint("log", old_size, tree.root(HASHES[:old_size]))
    new = Checkpoint("log", size, tree.root(HASHES[:size]))
    path = tree.consistency_proof(old_size, size, tree.over(HASHES[:size]))
    assert verify.continues(old, new, list(path))
    forked = Checkpoint("log", old_size, tree.leaf_hash(b"another past"))
    assert not old_size or not verify.continues(forked, new, list(path))
    assert not path or not verify.continues(old, new, path[:-1])
    assert not old_size or not verify.continues(old, new, [b"x" * 32, *path])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_no_proof_is_made_for_a_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(IndexError):
        tree.inclusion_proof(index, size, tree.over(HASHES[:size]))
    with pytest.raises(IndexError):
        tree.consistency_proof(size + 1, size, tree.over(HASHES[:size]))


ENTRIES = [commit(hashlib.sha256(str(i).encode()).digest(), b"body") for i in range(66_000)]
LEAVES = [tree.leaf_hash(entry) for entry in ENTRIES]


@settings(max_examples=25, deadline=None)
@given(st.data(), st.integers(0, 2_000))
def test_tiles_do_not_depend_on_the_batches_in_which_the_log_grew(data: st.DataObject, size: int) -> None:
    steps = data.draw(st.lists(st.integers(0, size), max_size=6))
    root, kept = stored(ENTRIES[:size], steps)
    assert root == tree.root(LEAVES[:size])
    assert kept == stored(ENTRIES[:size])[1]
    assert {(level, number): width for level, number, width in tiles.layout(size)} == {
        (level, number): tiles.width_at(size, level, number) for level, number in kept
    }


def test_three_levels_of_tiles_give_root_and_proofs_of_every_size() -> None:
    root, kept = stored(ENTRIES, [1, 255, 256, 257, 65_535, 65_536])
    node = tiles.node_reader(lambda level, number: kept[level, number])
    assert root == tree.root(LEAVES) == tree.tree_root(len(ENTRIES), node)
    assert (2, 0) in kept
    for size in (1, 255, 256, 257, 512, 65_535, 65_536, 65_537, len(ENTRIES)):
        head = Checkpoint("log", size, tree.tree_root(size, node))
        assert head.root == tree.root(LEAVES[:size])
        assert verify.includes(head, size - 1, ENTRIES[size - 1], tree.inclusion_proof(size - 1, size, node))
        assert verify.includes(head, size // 3, ENTRIES[size // 3], tree.inclusion_proof(size // 3, size, node))
        end = Checkpoint("log", len(ENTRIES), root)
        assert verify.continues(head, end, tree.consistency_proof(size, len(ENTRIES), node))


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ((0, 0, 256), "tile/0/000"),
        ((1, 5, 17), "tile/1/005.p/17"),
        ((0, 1_234_067, 256), "tile/0/x001/x234/067"),
        ((tiles.ENTRIES, 999, 1), "tile/entries/999.p/1"),
        ((tiles.ENTRIES, 1_000, 256), "tile/entries/x001/000"),
    ],
)
def test_a_tile_has_the_path_that_tlog_tiles_gives_it(place: tuple[int, int, int], path: str) -> None:
    assert tiles.path(*place) == path
    assert tiles.parse_path(path) == place
    level = "entries" if place[0] == tiles.ENTRIES else place[0]
    assert verify.tile_name(level, *place[1:]) == path


@pytest.mark.parametrize(
    "path",
    ["tile/00/000", "tile/0/0", "tile/0/x000/001", "tile/64/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
     "tile/0/000.p/999", "tile/0/1000", "tile/-1/000", "tile/entries/００１", "tile/0/000\n", "/tile/0/000", "tile/8/0/000"],
)  # fmt: skip
def test_any_other_spelling_of_a_tile_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="path of a tile"):
        tiles.parse_path(path)


def test_a_tree_of_70_000_is_laid_out_as_the_specification_says() -> None:
    found = list(tiles.layout(70_000))
    assert sum(level == 0 and width == 256 for level, _, width in found) == 273
    assert {(0, 273, 112), (1, 0, 256), (1, 1, 17), (2, 0, 1), (tiles.ENTRIES, 273, 112)} <= set(found)
    assert len(found) == 273 + 1 + 1 + 1 + 1 + 274


@given(st.lists(st.binary(max_size=60), max_size=20), st.integers(0, 20))
def test_a_narrower_bundle_is_cut_from_the_wider_one(entries: list[bytes], width: int) -> None:
    packed = tiles.pack_entries(entries)
    assert tiles.unpack_entries(packed) == entries
    assert tiles.cut(packed, tiles.ENTRIES, width) == tiles.pack_entries(entries[:width])


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02a"])
def test_a_bundle_that_ends_within_an_entry_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="ends within"):
        tiles.unpack_entries(data)
