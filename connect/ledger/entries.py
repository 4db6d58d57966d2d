"""What entries say: one builder per type of body. Version 1 of a body is final; a member that is unknown is null, never left out.

Every body has the header that `Draft` gives (see `body`), and beside it the members of its type. Ids are in their text form, times as
`core.clock.text` writes them, digests in hex. Acts on apps and people are in acts.py, the log's own upkeep in upkeep.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from connect.core import clock, ids
from connect.ledger.lines import PackedLines, RecordLine

VERSION = 1


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be: what queries look for, the members of its type, and a line per record disclosed.

    `at` is when it happened, where that is not now but within the last day.
    """

    type: str
    body_members: Mapping[str, Any]
    account_id: UUID | None = None
    app_id: UUID | None = None
    grant_id: UUID | None = None
    person_id: UUID | None = None
    channel: str | None = None
    token_ref: str | None = None
    resource: str | None = None
    request_id: str | None = None
    status: int | None = None
    count: int | None = None
    lines: Sequence[RecordLine] = ()
    at: datetime | None = None


class Columns(Protocol):
    """What the header of a body is made from: a draft, or a row of `ledger_entry`."""

    @property
    def type(self) -> str: ...
    @property
    def account_id(self) -> UUID | None: ...
    @property
    def app_id(self) -> UUID | None: ...
    @property
    def grant_id(self) -> UUID | None: ...
    @property
    def person_id(self) -> UUID | None: ...
    @property
    def channel(self) -> str | None: ...
    @property
    def token_ref(self) -> str | None: ...
    @property
    def resource(self) -> str | None: ...
    @property
    def request_id(self) -> str | None: ...
    @property
    def status(self) -> int | None: ...
    @property
    def count(self) -> int | None: ...


def body(draft: Draft, entry_id: UUID, at: datetime, node: str, lines: PackedLines | None) -> dict[str, Any]:
    """The whole body: the header from the draft's columns, so that columns and body cannot disagree, and its own members."""
    named = None if lines is None else {"count": lines.count, "root": lines.root.hex()}
    return {**draft.body_members, **header(draft, entry_id, at, node), "v": VERSION, "lines": named}


def header(columns: Columns, entry_id: UUID, at: datetime, node: str) -> dict[str, Any]:
    """The members of a body that also stand in columns."""
    return {
        "type": columns.type,
        "id": ids.encode("entry", entry_id),
        "at": clock.text(at),
        "node": node,
        "account": text_id("acc", columns.account_id),
        "app": text_id("app", columns.app_id),
        "grant": text_id("grant", columns.grant_id),
        "person": text_id("psn", columns.person_id),
        "channel": columns.channel,
        "token": columns.token_ref,
        "resource": columns.resource,
        "request_id": columns.request_id,
        "status": columns.status,
        "count": columns.count,
    }


def disclosure(
    *,
    channel: str,
    account_id: UUID,
    recipient_kind: str,
    recipient: str,
    operation: str,
    resource: str,
    count: int,
    fields: Sequence[str],
    catalogue_version: str,
    bytes_sent: int,
    sha256: str,
    field_sets: Sequence[Sequence[str]] | None = None,
    masks: Mapping[str, str] | None = None,
    lines: Sequence[RecordLine] = (),
    app_id: UUID | None = None,
    grant_id: UUID | None = None,
    grant_version: int | None = None,
    person_id: UUID | None = None,
    token_ref: str | None = None,
    scopes: Sequence[str] = (),
    purpose: Mapping[str, str] | None = None,
    legal_basis: str | None = None,
    status: int | None = None,
    request_id: str | None = None,
    attempt: int | None = None,
    asked: Mapping[str, str] | None = None,
    media_range: tuple[int, int] | None = None,
    address_digest: str | None = None,
    address_block_digest: str | None = None,
    agent_digest: str | None = None,
) -> Draft:
    """Customer data left to `recipient`, over `channel`: api, mcp, webhook, export, portal, or one that staff wrote down (P4).

    `fields` are all fields that left, `field_sets` those of each kind of line where not every line shows all of them. `asked` holds
    digests of what was asked for by value, such as a caller's number, also when nothing was found. `sha256` is that of the exact bytes
    before content coding; for media, of the file, with the range of bytes that left.
    """
    members = {
        "recipient": {"kind": recipient_kind, "id": recipient},
        "grant_version": grant_version,
        "scopes": list(scopes),
        "purpose": purpose,
        "legal_basis": legal_basis,
        "operation": operation,
        "attempt": attempt,
        "fields": list(fields),
        "field_sets": field_sets,
        "masks": masks or {},
        "catalogue_version": catalogue_version,
        "asked": asked,
        "bytes": bytes_sent,
        "sha256": sha256,
        "media_range": media_range,
        "address_digest": address_digest,
        "address_block_digest": address_block_digest,
        "agent_digest": agent_digest,
    }
    return Draft(
        "disclosure", members, account_id, app_id, grant_id, person_id, channel, token_ref, resource, request_id, status, count, lines
    )  # fmt: skip


def grant(
    *,
    account_id: UUID,
    app_id: UUID,
    grant_id: UUID | None,
    event: str,
    actor: str,
    person_id: UUID | None = None,
    version: int | None = None,
    previous_version: int | None = None,
    state: str | None = None,
    app_version: str | None = None,
    granted: Sequence[str] = (),
    refused: Sequence[str] = (),
    masks: Mapping[str, str] | None = None,
    terms: Mapping[str, Any] | None = None,
    before: Mapping[str, Any] | None = None,
    purposes: Mapping[str, str] | None = None,
    catalogue_version: str | None = None,
    notice_hash: str | None = None,
    policy_hash: str | None = None,
    expires_at: str | None = None,
    method: str | None = None,
    authenticated_at: str | None = None,
    authentication_level: str | None = None,
    legal_basis: str = "consent",
    reason: str | None = None,
    request_id: str | None = None,
) -> Draft:
    """A grant was requested, given, denied, changed, narrowed, asked about, confirmed, paused, resumed, suspended, reinstated, revoked,
    expired or lapsed.

    `before` is the grant as it stood: version, state, scopes, refused, terms, masks. With the header this has the four parts of ISO/IEC
    TS 27560 (header, processing, parties, events), so that a consent receipt is a view of it.
    """
    members = {
        "event": event,
        "actor": actor,
        "version": version,
        "previous_version": previous_version,
        "state": state,
        "app_version": app_version,
        "granted": list(granted),
        "refused": list(refused),
        "masks": masks,
        "terms": terms,
        "before": before,
        "purposes": purposes,
        "catalogue_version": catalogue_version,
        "notice_hash": notice_hash,
        "policy_hash": policy_hash,
        "expires_at": expires_at,
        "method": method,
        "authenticated_at": authenticated_at,
        "authentication_level": authentication_level,
        "legal_basis": legal_basis,
        "reason": reason,
    }
    return Draft("grant", members, account_id, app_id, grant_id, person_id, request_id=request_id)


def token(
    *,
    app_id: UUID,
    event: str,
    token_ref: str,
    kind: str,
    account_id: UUID | None = None,
    grant_id: UUID | None = None,
    grant_version: int | None = None,
    person_id: UUID | None = None,
    chain: str | None = None,
    generation: int | None = None,
    scopes: Sequence[str] = (),
    expires_at: str | None = None,
    client_auth: str | None = None,
    reason: str | None = None,
    actor: str | None = None,
    request_id: str | None = None,
    address_digest: str | None = None,
    agent_digest: str | None = None,
) -> Draft:
    """A token was issued, refreshed, replayed or ended, and why. `token_ref` is its public handle, `chain` what one code began.

    `kind`: access, refresh, code; `client_auth`: how the client proved itself (RFC 7591 2, token_endpoint_auth_method).
    """
    members = {
        "event": event,
        "kind": kind,
        "grant_version": grant_version,
        "chain": chain,
        "generation": generation,
        "scopes": list(scopes),
        "expires_at": expires_at,
        "client_auth": client_auth,
        "reason": reason,
        "actor": actor,
        "address_digest": address_digest,
        "agent_digest": agent_digest,
    }
    return Draft("token", members, account_id, app_id, grant_id, person_id, token_ref=token_ref, request_id=request_id)


def text_id(prefix: str, value: UUID | None) -> str | None:
    """The text form of an id that may be unknown."""
    return None if value is None else ids.encode(prefix, value)
