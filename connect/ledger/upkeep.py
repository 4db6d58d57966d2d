"""Bodies of the log's own upkeep: what was erased, kept, signed with, counted and set (entries.py says what holds for all).

`leaves` and `lines_of` are ranges [first, last] of leaf indexes whose bodies, or whose record lines alone, are gone. A verifier
believes an entry only about leaves before its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from connect.ledger.entries import Draft

Ranges = Sequence[tuple[int, int]]


def erasure(
    *,
    kind: str,
    actor: str,
    event: str = "done",
    account_id: UUID | None = None,
    person_id: UUID | None = None,
    subject: str | None = None,
    authority: str | None = None,
    reference: str | None = None,
    leaves: Ranges = (),
    lines_of: Ranges = (),
    counts: Mapping[str, int] | None = None,
    hold: str | None = None,
    reason: str | None = None,
) -> Draft:
    """A subject, account or entry was erased (`done`), or that was asked under a hold (`held`, with the hold's id)."""
    members = {
        "event": event,
        "kind": kind,
        "actor": actor,
        "subject": subject,
        "authority": authority,
        "reference": reference,
        "leaves": [list(item) for item in leaves],
        "lines_of": [list(item) for item in lines_of],
        "counts": counts,
        "hold": hold,
        "reason": reason,
    }
    return Draft("erasure", members, account_id, person_id=person_id)


def retention(
    *, log: str, cutoff: str, policy_days: int, leaves: Ranges = (), lines_of: Ranges = (), counts: Mapping[str, int]
) -> Draft:
    """What was older than `cutoff` was dropped from `log`: ledger, calls, exchanges (P7)."""
    members = {
        "log": log,
        "cutoff": cutoff,
        "policy_days": policy_days,
        "leaves": [list(item) for item in leaves],
        "lines_of": [list(item) for item in lines_of],
        "counts": counts,
    }
    return Draft("retention", members)


def hold(
    *,
    hold_id: str,
    event: str,
    actor: str,
    selection: Mapping[str, Any],
    account_id: UUID | None = None,
    person_id: UUID | None = None,
    authority: str | None = None,
    reference: str | None = None,
    until: str | None = None,
    reason: str | None = None,
) -> Draft:
    """A legal hold was placed or lifted; `selection` is accounts, subjects or leaves."""
    members = {
        "hold": hold_id,
        "event": event,
        "actor": actor,
        "selection": selection,
        "authority": authority,
        "reference": reference,
        "until": until,
        "reason": reason,
    }
    return Draft("hold", members, account_id, person_id=person_id)


def key(
    *,
    event: str,
    purpose: str,
    vkey: str,
    actor: str,
    previous: str | None = None,
    retires_at: str | None = None,
    reason: str | None = None,
) -> Draft:
    """A key `signs` from here on (the log's first), was `added` beside an older one, or `retired`. The origin never changes."""
    members = {
        "event": event,
        "purpose": purpose,
        "vkey": vkey,
        "actor": actor,
        "previous": previous,
        "retires_at": retires_at,
        "reason": reason,
    }
    return Draft("key", members)


def config(
    *,
    event: str,
    actor: str,
    changes: Mapping[str, Any],
    reason: str | None = None,
    account_id: UUID | None = None,
    app_id: UUID | None = None,
    person_id: UUID | None = None,
) -> Draft:
    """What bears on disclosure or retention was set otherwise: name -> [before, after], secrets never.

    Settings of the platform, of an account (`account_id`), or of an app (`app_id`), such as where its webhooks go.
    """
    members = {"event": event, "actor": actor, "changes": changes, "reason": reason}
    return Draft("config", members, account_id, app_id, person_id=person_id)


def policy(
    *,
    document: str,
    sha256: str,
    previous: str | None = None,
    url: str | None = None,
    app_id: UUID | None = None,
    actor: str = "system",
) -> Draft:
    """The text of a policy changed: ours (P13), or an app's (P3)."""
    members = {"document": document, "sha256": sha256, "previous": previous, "url": url, "actor": actor}
    return Draft("policy", members, app_id=app_id)


def tally(*, account_id: UUID, day: str, first: int, last: int, count: int, sha256: str) -> Draft:
    """How many entries of an account stand among the leaves `first` to `last`, and a hash over their commitments in leaf order."""
    return Draft("tally", {"day": day, "first": first, "last": last, "sha256": sha256}, account_id, count=count)
