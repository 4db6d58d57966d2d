"""A proof of inclusion as one text that can be kept and checked anywhere (C2SP tlog-proof)."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9]\d*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Proof:
    """Leaf `index` stands in the tree of the signed `checkpoint`; `hashes` lead from it to the root (RFC 6962, 2.1.1)."""

    index: int
    hashes: Sequence[bytes]
    checkpoint: str
    extra: bytes = b""

    def text(self) -> str:
        """The proof in tlog-proof form."""
        extra = [f"extra {_base64(self.extra)}"] if self.extra else []
        lines = [_HEADER, *extra, f"index {self.index}", *map(_base64, self.hashes)]
        return "\n".join(lines) + "\n\n" + self.checkpoint


def parse(text: str) -> Proof:
    """The proof in `text`; ValueError when it is not in tlog-proof form."""
    head, mark, checkpoint = text.partition("\n\n")
    header, *lines = head.split("\n")
    if header != _HEADER or not mark or not lines:
        raise ValueError("not a tlog-proof")
    extra = base64.b64decode(lines.pop(0)[6:], validate=True) if lines[0].startswith("extra ") else b""
    index = _INDEX.fullmatch(lines.pop(0)) if lines else None
    hashes = [base64.b64decode(line, validate=True) for line in lines]
    if index is None or any(len(item) != 32 for item in hashes):
        raise ValueError("not a tlog-proof")
    return Proof(int(index[1]), hashes, checkpoint, extra)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
