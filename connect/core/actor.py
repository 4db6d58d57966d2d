"""Who does an act: every service that changes something is told, and the ledger writes it down."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from uuid import UUID

from connect.core import ids


@dataclass(frozen=True)
class Actor:
    """`kind` is `person` (then `id`), `operator` (at the command line; `name` is the system user), `app` (by what itself sent;
    `name` is its client id) or `system`."""

    kind: str
    id: UUID | None = None
    name: str = ""

    def as_text(self) -> str:
        """`person:psn_06g…`, `operator:asha`, `system`: the form in ledger entries."""
        return f"{self.kind}:{ids.encode('psn', self.id) if self.id else self.name}".rstrip(":")


SYSTEM = Actor("system")


def person(person_id: UUID) -> Actor:
    return Actor("person", person_id)


def operator() -> Actor:
    """Whoever runs this command, by the name the system knows them under."""
    return Actor("operator", name=getpass.getuser())


def app(client_id: str) -> Actor:
    """An app that changes what is known of itself (RFC 7592, or the document it publishes)."""
    return Actor("app", name=client_id)
