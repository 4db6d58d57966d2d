"""Bodies of acts on apps, secrets, keys and people, and of looking at the ledger itself (entries.py says what holds for all)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from connect.ledger.entries import Draft
from connect.ledger.lines import RecordLine


def app(
    *,
    app_id: UUID,
    event: str,
    actor: str,
    state: str,
    state_before: str | None = None,
    person_id: UUID | None = None,
    account_id: UUID | None = None,
    client_id: str | None = None,
    client_kind: str | None = None,
    name: str | None = None,
    team: str | None = None,
    origin: str | None = None,
    version: str | None = None,
    version_number: int | None = None,
    version_state: str | None = None,
    required: Sequence[str] = (),
    optional: Sequence[str] = (),
    default_terms: Mapping[str, Any] | None = None,
    redirect_uris: Sequence[str] | None = None,
    changed: Sequence[str] = (),
    decision: str | None = None,
    reviewer: str | None = None,
    policy_hash: str | None = None,
    reason: str | None = None,
) -> Draft:
    """An app was registered, changed, moved, given a version, submitted, reviewed, published, suspended, reinstated or retired.

    `account_id` is the one account of a private app; `changed` names what changed; `origin` says who registered it, the team or itself.
    """
    members = {
        "event": event,
        "actor": actor,
        "state": state,
        "state_before": state_before,
        "client_id": client_id,
        "client_kind": client_kind,
        "name": name,
        "team": team,
        "origin": origin,
        "version": version,
        "version_number": version_number,
        "version_state": version_state,
        "required": list(required),
        "optional": list(optional),
        "default_terms": default_terms,
        "redirect_uris": redirect_uris,
        "changed": list(changed),
        "decision": decision,
        "reviewer": reviewer,
        "policy_hash": policy_hash,
        "reason": reason,
    }
    return Draft("app", members, account_id, app_id, person_id=person_id)


def secret(
    *,
    app_id: UUID,
    event: str,
    actor: str,
    secret_id: str,
    hint: str | None = None,
    expires_at: str | None = None,
    kind: str = "client_secret",
    person_id: UUID | None = None,
    reason: str | None = None,
) -> Draft:
    """A client secret, client key or webhook secret of an app was made, rotated or ended.

    `kind` says which: of a client_key `secret` is the thumbprint (RFC 7638) and `hint` the kid; of a jwks_uri it is the address.
    """
    members = {
        "event": event,
        "actor": actor,
        "secret": secret_id,
        "kind": kind,
        "hint": hint,
        "expires_at": expires_at,
        "reason": reason,
    }
    return Draft("secret", members, app_id=app_id, person_id=person_id)


def access_key(
    *,
    event: str,
    actor: str,
    token_ref: str,
    rights: Sequence[str],
    account_id: UUID | None = None,
    person_id: UUID | None = None,
    purpose: str | None = None,
    expires_at: str | None = None,
    operation: str | None = None,
    reason: str | None = None,
    request_id: str | None = None,
) -> Draft:
    """An access key was made, used or ended; every use is an entry."""
    members = {
        "event": event,
        "actor": actor,
        "rights": list(rights),
        "purpose": purpose,
        "expires_at": expires_at,
        "operation": operation,
        "reason": reason,
    }
    return Draft("access_key", members, account_id, person_id=person_id, token_ref=token_ref, request_id=request_id)


def outcome(
    *,
    of: str,
    channel: str,
    result: str,
    account_id: UUID | None = None,
    app_id: UUID | None = None,
    grant_id: UUID | None = None,
    status: int | None = None,
    attempt: int | None = None,
    delivery: str | None = None,
    milliseconds: int | None = None,
    bytes_sent: int | None = None,
    detail: str | None = None,
) -> Draft:
    """What became of a webhook, an export or a stream: `of` is the entry of the disclosure, `detail` a code, never content."""
    members = {
        "of": of,
        "result": result,
        "attempt": attempt,
        "delivery": delivery,
        "milliseconds": milliseconds,
        "bytes": bytes_sent,
        "detail": detail,
    }
    return Draft("outcome", members, account_id, app_id, grant_id, channel=channel, status=status)


def staff_disclosure(
    *,
    channel: str,
    event: str,
    actor: str,
    recipient_kind: str,
    recipient: str,
    legal_basis: str,
    account_id: UUID | None = None,
    accounts: Sequence[str] = (),
    person_id: UUID | None = None,
    approved_by: str | None = None,
    authority: str | None = None,
    reference: str | None = None,
    resource: str | None = None,
    count: int | None = None,
    fields: Sequence[str] = (),
    masks: Mapping[str, str] | None = None,
    lines: Sequence[RecordLine] = (),
    sha256: str | None = None,
    silent_until: str | None = None,
    reason: str | None = None,
) -> Draft:
    """Staff recorded, and a second person approved, a disclosure outside the platform (P4, P15): affiliate, processor, transfer …"""
    members = {
        "event": event,
        "actor": actor,
        "approved_by": approved_by,
        "recipient": {"kind": recipient_kind, "id": recipient},
        "legal_basis": legal_basis,
        "authority": authority,
        "reference": reference,
        "accounts": list(accounts),
        "fields": list(fields),
        "masks": masks or {},
        "sha256": sha256,
        "silent_until": silent_until,
        "reason": reason,
    }
    return Draft(
        "staff_disclosure",
        members,
        account_id,
        person_id=person_id,
        channel=channel,
        resource=resource,
        count=count,
        lines=lines,
    )


def viewed(
    *,
    actor: str,
    place: str,
    filters: Mapping[str, Any],
    count: int,
    account_id: UUID | None = None,
    person_id: UUID | None = None,
    token_ref: str | None = None,
    request_id: str | None = None,
) -> Draft:
    """Somebody searched the ledger or opened an entry: `place` is console, api or command, `count` how many entries were shown."""
    members = {"actor": actor, "place": place, "filters": filters}
    return Draft(
        "viewed", members, account_id, person_id=person_id, token_ref=token_ref, request_id=request_id, count=count
    )


def exported(
    *,
    actor: str,
    place: str,
    kind: str,
    filters: Mapping[str, Any],
    account_id: UUID | None = None,
    person_id: UUID | None = None,
    count: int | None = None,
    size: int | None = None,
    root: str | None = None,
    sha256: str | None = None,
    request_id: str | None = None,
) -> Draft:
    """An evidence bundle was asked for: `kind` log, tree or extract; `size` and `root` of the checkpoint it is made to."""
    members = {
        "actor": actor,
        "place": place,
        "kind": kind,
        "filters": filters,
        "size": size,
        "root": root,
        "sha256": sha256,
    }
    return Draft("exported", members, account_id, person_id=person_id, request_id=request_id, count=count)


def profile(
    *,
    person_id: UUID,
    event: str,
    actor: str,
    changed: Sequence[str] = (),
    policy_hash: str | None = None,
    account_id: UUID | None = None,
    team: str | None = None,
    role: str | None = None,
    until: str | None = None,
    count: int | None = None,
) -> Draft:
    """A person was added or closed, given or taken a role, chose a password, changed their profile, accepted a policy, signed in as
    staff or out everywhere: which fields, never their values (P9, P13). `account_id` or `team` is where the role is held; with the
    staff both are null. `count` is how many sessions ended.
    """
    members = {
        "event": event,
        "actor": actor,
        "changed": list(changed),
        "policy_hash": policy_hash,
        "team": team,
        "role": role,
        "until": until,
    }
    return Draft("profile", members, account_id, person_id=person_id, count=count)


def breaker(
    *,
    account_id: UUID,
    app_id: UUID,
    grant_id: UUID,
    event: str,
    rule: str,
    measured: int,
    threshold: int,
    window_s: int,
    action: str,
    actor: str = "system",
) -> Draft:
    """A customer's breaker tripped or was reset: odd reading beyond `threshold` in `window_s` seconds."""
    members = {
        "event": event,
        "actor": actor,
        "rule": rule,
        "measured": measured,
        "threshold": threshold,
        "window_s": window_s,
        "action": action,
    }
    return Draft("breaker", members, account_id, app_id, grant_id)
