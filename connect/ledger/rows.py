"""An entry as it is stored, and what may be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from connect.core import ids
from connect.ledger import canonical, entries, models
from connect.ledger import lines as record_lines
from connect.ledger.canonical import NotCanonical
from connect.ledger.commitment import NONCE_BYTES, commit


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as stored: columns for lists, `nonce` and `body` (exact bytes) for proofs."""

    id: UUID
    at: datetime
    type: str
    channel: str | None
    account_id: UUID | None
    app_id: UUID | None
    grant_id: UUID | None
    person_id: UUID | None
    token_ref: str | None
    resource: str | None
    request_id: str | None
    status: int | None
    count: int | None
    node: str
    nonce: bytes
    body: bytes

    @property
    def name(self) -> str:
        """The id in its text form."""
        return ids.encode("entry", self.id)

    @property
    def members(self) -> dict[str, Any]:
        """The body as an object; empty when its bytes are no longer JSON, which `fault` reports."""
        try:
            return dict(orjson.loads(self.body))
        except (TypeError, ValueError):
            return {}


COLUMNS = [models.entry.c[item.name] for item in fields(Entry)]


def fault(entry: Entry, lines: bytes | None, commitment: bytes | None) -> str | None:
    """Why an entry is not the one that was written, or None. `commitment` is that of its leaf or of the queue, None when it is lost."""
    if len(entry.nonce) != NONCE_BYTES or commit(entry.nonce, entry.body) != commitment:
        return "the body is not the one that was committed to"
    try:
        said = canonical.decode(entry.body)
    except NotCanonical as error:
        return f"the body is {error}"
    copied = entries.header(entry, entry.id, entry.at, entry.node)
    wrong = [name for name, value in copied.items() if said.get(name) != value]
    if wrong:
        return f"the columns say other than the body: {', '.join(wrong)}"
    return _fault_of_lines(said["lines"], lines)


def _fault_of_lines(named: Any, stored: bytes | None) -> str | None:
    try:
        plain = None if stored is None else record_lines.unpack(stored)
    except ValueError as error:
        return str(error)
    found = None if plain is None else {"count": len(plain), "root": record_lines.root(plain).hex()}
    return None if found == named else "the record lines are not those that the body names"
