#!/usr/bin/env python3
"""Check an evidence bundle of a VoiceTree Connect ledger: one file, Python 3.10 or newer, no package, no network, no database.

    python verify.py BUNDLE.zip --key 'ORIGIN+HASH+KEY' [--key …] [--checkpoint OLD]

--key         a key of the log that you got by another way than this bundle; a bundle carries its own keys, and a forger's would too
--checkpoint  a file with a checkpoint of the same log that you kept from an earlier day

Checked are the signature under the checkpoint (Ed25519), the tree under its root (RFC 6962), each body against the commitment in its
leaf, record lines against the root in their body, and that the log only grew since OLD. Every leaf gets a verdict: opened, erased by an
entry that is itself opened here, or missing.

Exit codes
  0  verified
  1  an entry does not match its leaf, its proof or its lines; it is named
  2  not a bundle, or a damaged one
  3  all of it is consistent, but no --key was given
  4  the checkpoint is not signed by the key
  5  the tiles do not give the root in the checkpoint
  6  an entry is missing: its leaf is neither opened nor erased; it is named
  7  not shown to be consistent with OLD
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

FAILED, UNREADABLE, UNPINNED, SIGNATURE, TREE, MISSING, OLD = 1, 2, 3, 4, 5, 6, 7
Row = dict[str, Any]


class Refused(Exception):
    """The bundle is refused; its arguments are the exit code and the reason."""


# Ed25519 (RFC 8032, 5.1)

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z


def add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


def decode_point(data: bytes) -> Point:
    """The point of 32 bytes (5.1.3); ValueError when there is none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise ValueError("not a point of the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = decode_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def ed25519_verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is that of `key` under `message` (5.1.7, without cofactor, as Go and OpenSSL check it)."""
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or len(key) != 32 or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    x, y, z, t = decode_point(key)
    x, y, z, _ = add(multiply(s, BASE), multiply(k, (P - x, y, z, P - t)))
    x, y = x * pow(z, -1, P) % P, y * pow(z, -1, P) % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint)


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes


Keys = dict[tuple[str, bytes], bytes]  # (name, key id) -> Ed25519 key


def parse_keys(vkeys: Sequence[str]) -> Keys:
    keys = {}
    for vkey in vkeys:
        name, _, rest = vkey.partition("+")
        key_id, _, data = rest.partition("+")
        raw = unbase64(data)
        wanted = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        if raw[:1] != b"\x01" or len(raw) != 33 or wanted.hex() != key_id:
            raise Refused(SIGNATURE, "a key is ORIGIN+HASH+KEY, as the log's /ledger/keys gives it")
        keys[name, wanted] = raw[1:]
    return keys


def open_checkpoint(note: str, keys: Keys) -> Checkpoint:
    """The checkpoint in `note`; Refused unless one of `keys`, named as its origin, signed it, and none of them wrongly."""
    text, _, signatures = note.rpartition("\n\n")
    origin, size, root = text.split("\n")[:3]
    if str(int(size)) != size or not signatures.endswith("\n"):
        raise Refused(SIGNATURE, "the checkpoint is malformed")
    signed = False
    for line in signatures[:-1].split("\n"):
        dash, name, data = line.split(" ", 2)
        key, signature = keys.get((name, unbase64(data)[:4])), unbase64(data)[4:]
        if dash == "\u2014" and key:
            if not ed25519_verifies(key, f"{text}\n".encode(), signature):
                raise Refused(SIGNATURE, f"the signature of {name} under the checkpoint is wrong")
            signed |= name == origin
    if not signed:
        raise Refused(SIGNATURE, f"the checkpoint of {origin} is not signed by the key it should be signed by")
    return Checkpoint(origin, int(size), unbase64(root))


def unbase64(text: str) -> bytes:
    """Standard base64 in its one canonical spelling; ValueError otherwise."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 with stray bits")
    return data


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(row: list[bytes]) -> bytes:
    """The Merkle Tree Hash over leaf hashes (RFC 6962, 2.1): pairs are hashed level by level, an odd last one moves up."""
    sha256 = hashlib.sha256
    while len(row) > 1:
        odd = row[-1:] if len(row) % 2 else []
        row = [sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=False)] + odd
    return row[0] if row else sha256().digest()


def take(path: list[bytes]) -> bytes:
    """The last hash of a proof; where a proof is too short, one that leads nowhere."""
    return path.pop() if path else b""


def climb(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes:
    """The root that an inclusion proof leads to (2.1.1), using up `path` from its end."""
    if size == 1:
        return leaf
    sibling, middle = take(path), 1 << (size - 1).bit_length() - 1  # the largest power of two below size
    if index < middle:
        return node_hash(climb(index, middle, leaf, path), sibling)
    return node_hash(sibling, climb(index - middle, size - middle, leaf, path))


def heads(old: int, size: int, path: list[bytes], known: bytes | None) -> tuple[bytes, bytes]:
    """The old and the new root that a consistency proof leads to (2.1.2); `known` is the old one, which a proof may leave out."""
    if old == size:
        same = known or take(path)
        return same, same
    last, middle = take(path), 1 << (size - 1).bit_length() - 1
    if old <= middle:
        before, after = heads(old, middle, path, known)
        return before, node_hash(after, last)
    before, after = heads(old - middle, size - middle, path, None)
    return node_hash(last, before), node_hash(last, after)


def includes(head: Checkpoint, index: int, entry: bytes, path: list[bytes]) -> bool:
    return 0 <= index < head.size and climb(index, head.size, leaf_hash(entry), path) == head.root and not path


def continues(old: Checkpoint, new: Checkpoint, path: list[bytes]) -> bool:
    return not old.size or (heads(old.size, new.size, path, old.root) == (old.root, new.root) and not path)


class Bundle:
    """The files of a bundle, by name."""

    def __init__(self, path: str) -> None:
        self.archive = zipfile.ZipFile(path)
        self.read = self.archive.read
        self.manifest: Row = json.loads(self.read("manifest.json"))
        if self.manifest["format"] != "vtc-bundle/1" or self.manifest["kind"] not in {"log", "tree", "extract"}:
            raise Refused(UNREADABLE, "not a bundle of a kind that this program knows")

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a JSONL file, each in its one canonical spelling."""
        with self.archive.open(name) as file:
            for number, line in enumerate(file, 1):
                row = json.loads(line)
                spelled = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
                if spelled.encode() != line or type(row["index"]) is not int:
                    raise Refused(UNREADABLE, f"line {number} of {name} is not in canonical form")
                yield row


def tile_name(level: int | str, number: int, width: int) -> str:
    digits = f"{number:03d}".zfill(-(-len(str(number)) // 3) * 3)
    name = "/".join("x" * (i + 3 < len(digits)) + digits[i : i + 3] for i in range(0, len(digits), 3))
    return f"tile/{level}/{name}" + (f".p/{width}" if width < 256 else "")


class Tree:
    """The whole log, rebuilt from its entry bundles and compared with every tile on the way (C2SP tlog-tiles)."""

    def __init__(self, bundle: Bundle, size: int) -> None:
        self.entries = [entry for start in range(0, size, 256) for entry in self.bundled(bundle, start, size)]
        self.rows = [[hashlib.sha256(b"\x00" + entry).digest() for entry in self.entries]]
        self.tiles = 0
        while self.rows[-1]:
            level, row = len(self.rows) - 1, self.rows[-1]
            for start in range(0, len(row), 256):
                part = row[start : start + 256]
                if bundle.read(tile_name(level, start // 256, len(part))) != b"".join(part):
                    raise Refused(TREE, f"tile {start // 256} of level {level} is not that of its entries")
                self.tiles += 1
            self.rows.append([root_of(row[i : i + 256]) for i in range(0, len(row) - 255, 256)])

    def bundled(self, bundle: Bundle, start: int, size: int) -> Iterator[bytes]:
        width = min(256, size - start)
        data = bundle.read(tile_name("entries", start // 256, width))
        if len(data) != 35 * width or data[0::35].strip(b"\x00") or data[1::35].strip(b"\x21"):
            raise Refused(TREE, f"entry bundle {start // 256} is malformed")
        return (data[i + 2 : i + 35] for i in range(0, len(data), 35))

    def holds(self, index: int, entry: bytes) -> bool:
        return 0 <= index < len(self.entries) and self.entries[index] == entry

    def root(self, size: int) -> bytes:
        """The root over the first `size` leaves."""
        smaller: list[bytes] = []
        for level, row in enumerate(self.rows):
            end = size >> (8 * level)
            if end % 256:
                smaller = [root_of(row[end - end % 256 : end] + smaller)]
        return root_of(smaller)


@dataclass
class Report:
    """What was found: `findings` are (exit code, sentence); `gone` are (first, last, name of the erasing entry)."""

    findings: list[tuple[int, str]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    gone: list[tuple[int, int, str]] = field(default_factory=list)


def check_growth(bundle: Bundle, head: Checkpoint, tree: Tree | None, old: Checkpoint) -> None:
    """Refused unless the log is a continuation of `old`: by the whole tree, or by the proof that an extract brings."""
    shown = old.size <= head.size and old.origin == head.origin
    if shown and tree:
        shown = tree.root(old.size) == old.root
    elif shown:
        proofs = {row["index"]: row["hashes"] for row in bundle.rows("consistency.jsonl")}
        if old.size not in {0, head.size, *proofs}:
            raise Refused(OLD, f"the bundle brings no proof from {old.size:,} leaves: ask for one with your checkpoint")
        shown = continues(old, head, [unbase64(item) for item in proofs.get(old.size, [])])
    if not shown:
        raise Refused(OLD, f"the log is not a continuation of the checkpoint of {old.size:,} leaves that you kept")
    print(f"Growth       the checkpoint of {old.size:,} leaves that you kept is the beginning of this log.")


def check_entries(bundle: Bundle, head: Checkpoint, tree: Tree | None) -> Report:
    """Give each leaf its verdict."""
    report, closed, seen = Report(), {}, set()
    lines = {row["index"]: row["lines"] for row in bundle.rows("lines.jsonl")}
    proofs = {} if tree else {row["index"]: row["hashes"] for row in bundle.rows("proofs.jsonl")}
    for row in bundle.rows("entries.jsonl"):
        index, entry, name = row["index"], unbase64(row["commitment"]), f"{row['id']} (leaf {row['index']})"
        if index in seen:
            raise Refused(UNREADABLE, f"leaf {index} is listed twice")
        seen.add(index)
        path = [unbase64(item) for item in proofs.get(index, [])]
        reason = None
        if not (tree.holds(index, entry) if tree else includes(head, index, entry, path)):
            reason = "its commitment does not stand at this place of the tree"
        elif row["nonce"] is None:
            closed[index] = name
        else:
            reason = open_body(row, name, lines.get(index), report)
        if reason:
            report.findings.append((FAILED, f"{name}: {reason}"))
    if bundle.manifest["kind"] == "log":
        closed |= {index: f"leaf {index}" for index in range(head.size) if index not in seen}
    for index, name in closed.items():
        judge_closed(index, name, report)
    return report


def open_body(row: Row, name: str, lines: list[str] | None, report: Report) -> str | None:
    """Why body, nonce and lines are not what was committed to, or None; then they count as opened."""
    data, nonce = row["body"].encode(), unbase64(row["nonce"])
    opened = b"\x01" + hashlib.sha256(b"vtc-ledger/1\n" + nonce + data).digest()
    if len(nonce) != 32 or opened != unbase64(row["commitment"]):
        return "the body is not the one that was committed to: it was changed afterwards"
    body = json.loads(data)
    if body["id"] != row["id"]:
        return "the body speaks of another entry"
    named = body["lines"] and (body["lines"]["count"], body["lines"]["root"])
    if named != (lines if lines is None else (len(lines), root_of([leaf_hash(line.encode()) for line in lines]).hex())):
        return "its record lines are not those that the body names"
    report.counts.update(opened=1, lines=len(lines or ()))
    if body["type"] in {"erasure", "retention"}:  # it can only speak of leaves before its own
        report.gone += [(first, min(last, row["index"] - 1), name) for first, last in body["leaves"]]
    if body["type"] == "key":
        print(f"Key          {body['vkey']}: {body['event']}, {body['at']}, {name}.")
    return None


def judge_closed(index: int, name: str, report: Report) -> None:
    """A leaf without a body is erased if an entry says so, else missing."""
    by = next((by for first, last, by in report.gone if first <= index <= last), None)
    if by is None:
        report.counts["missing"] += 1
        report.findings.append((MISSING, f"{name}: missing, neither opened nor erased by an entry of this bundle"))
    else:
        report.counts.update({"erased": 1, f"erased by {by}": 1})


def examine(path: str, vkeys: Sequence[str], old_path: str | None) -> int:
    """Check everything, say what was checked, give the exit code."""
    bundle = Bundle(path)
    keys = parse_keys(vkeys or bundle.read("keys").decode().splitlines())
    head = open_checkpoint(bundle.read("checkpoint").decode(), keys)
    how = "the key that you gave" if vkeys else "a key that came with the bundle"
    print(f"Checkpoint   {head.origin}, {head.size:,} leaves, signed by {how}.")
    tree = None if bundle.manifest["kind"] == "extract" else Tree(bundle, head.size)
    if tree and tree.root(head.size) != head.root:
        raise Refused(TREE, "the tiles do not give the root in the checkpoint")
    if tree:
        print(f"Tree         {head.size:,} leaves hashed, {tree.tiles:,} tiles compared; the root is the checkpoint's.")
    if old_path:
        check_growth(bundle, head, tree, open_checkpoint(Path(old_path).read_bytes().decode(), keys))
    return conclude(check_entries(bundle, head, tree), bool(vkeys))


def conclude(report: Report, pinned: bool) -> int:
    counts = report.counts
    print(f"Entries      {counts['opened']:,} opened, {counts['erased']:,} erased, {counts['missing']:,} missing.")
    for by in [key for key in counts if key.startswith("erased by")]:
        print(f"             {counts[by]:,} {by}")
    print(f"Lines        {counts['lines']:,} record lines match the roots in their bodies.")
    for _, sentence in report.findings[:20]:
        print(f"FAILED       {sentence}")
    if report.findings:
        print(f"Result       REFUSED: {len(report.findings):,} of the checks failed.")
        return min(code for code, _ in report.findings)
    if not pinned:
        print("Result       consistent, but key not pinned: give --key with a key that you have from elsewhere.")
        return UNPINNED
    print("Result       verified.")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle")
    parser.add_argument("--key", action="append", default=[], metavar="ORIGIN+HASH+KEY")
    parser.add_argument("--checkpoint", metavar="OLD")
    given = parser.parse_args(arguments)
    try:
        return examine(given.bundle, given.key, given.checkpoint)
    except Refused as refusal:
        code, reason = int(refusal.args[0]), refusal.args[1]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, zipfile.BadZipFile) as error:
        code, reason = UNREADABLE, f"the bundle cannot be read: {type(error).__name__}: {error}"
    print(f"FAILED       {reason}\nResult       REFUSED.")
    return code


if __name__ == "__main__":
    sys.exit(main())
