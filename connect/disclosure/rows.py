"""Rows on their way to the door: values of a projection, and beside each the keys its ledger line needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from connect.scopes.catalogue import Projection


class Keys(NamedTuple):
    """What the ledger line of a row names, ids as 16 bytes; the last three belong to the caller of a call or to a contact."""

    record_id: bytes
    number_id: bytes | None
    department_id: bytes | None
    subject_id: bytes | None
    subject_salt: bytes | None
    subject_e164: str | None


@dataclass(frozen=True)
class Rows:
    """`values[i]` begins with the projection's fields of row i in order, `keys[i]` are its keys.

    `nested` are rows of another resource that stand inside a row: name of the member -> record id -> its rows. `asked` are values
    about people that the question named, such as a caller's number: the entry keeps a digest of each, whatever was found.
    """

    projection: Projection
    values: Sequence[Sequence[Any]]
    keys: Sequence[Keys]
    nested: Mapping[str, Mapping[bytes, Rows]] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)

    @property
    def resource(self) -> str:
        return self.projection.resource

    def __len__(self) -> int:
        return len(self.values)
