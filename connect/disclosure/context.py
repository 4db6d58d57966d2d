"""Under what, to whom and by which way customer rows leave: everything the ledger entry says besides the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from connect.scopes.terms import Terms


@dataclass(frozen=True)
class Context:
    """`scopes` are the effective ones; `operation` is the route template or the act; ids are ours, not their text form."""

    channel: str  # api, webhook, portal, export, mcp, affiliate, processor, transfer, legal, safety
    operation: str
    account_id: UUID
    recipient_kind: str  # app or person; entry.py knows the form of their ids
    recipient_id: UUID
    scopes: frozenset[str]
    terms: Terms
    catalogue_version: str
    timezone: str  # IANA, the account's: a day in terms is a day there
    app_id: UUID | None = None
    grant_id: UUID | None = None
    grant_version: int | None = None
    grant_given_at: datetime | None = None
    token_id: UUID | None = None
    person_id: UUID | None = None
    purposes: tuple[tuple[str, str], ...] = ()
    legal_basis: str = "consent"
    request_id: str = ""
    attempt: int = 1
    address: str = ""
    agent: str = ""
