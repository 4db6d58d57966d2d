"""How an act on a grant is written down: its version row and its ledger entry, both in the act's transaction."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from connect.core import clock, ids
from connect.grants.models import Grant, GrantRefusal, GrantVersion
from connect.ledger import entries, services


@dataclass(frozen=True)
class Actor:
    """Who acts: a `person` of the account, the `operator` (with the system user's name), or the `system` itself."""

    kind: str
    id: UUID | None = None
    name: str = ""

    def as_text(self) -> str:
        return f"{self.kind}:{ids.encode('psn', self.id) if self.id else self.name}".rstrip(":")


@dataclass(frozen=True)
class Act:
    """One act: its event, actor and what it was decided on."""

    event: str
    actor: Actor
    reason: str = ""
    notice_hash: str | None = None
    policy_hash: str | None = None
    purposes: dict[str, str] = field(default_factory=dict)
    authenticated_at: datetime | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Snapshot:
    """A grant as it stood before an act."""

    version: int
    state: str
    scopes: list[str]
    refused: list[str]
    terms: dict[str, Any]


def snapshot(grant: Grant | None) -> Snapshot | None:
    """What `grant` is now, before an act changes it."""
    if grant is None:
        return None
    return Snapshot(grant.version, grant.state, list(grant.scopes), list(grant.refused), dict(grant.terms))


def write(session: Session, grant: Grant, before: Snapshot | None, act: Act) -> GrantVersion:
    """Append the ledger entry of `act` and add the version row that names it."""
    version = GrantVersion(
        account_id=grant.account_id,
        grant_id=grant.id,
        version=grant.version,
        event=act.event,
        state=grant.state,
        scopes=grant.scopes,
        refused=grant.refused,
        terms=grant.terms,
        catalogue_version=grant.catalogue_version,
        app_version_id=grant.app_version_id,
        notice_hash=act.notice_hash,
        policy_hash=act.policy_hash,
        expires_at=grant.expires_at,
        actor_kind=act.actor.kind,
        actor_id=act.actor.id,
        reason=act.reason,
        at=grant.changed_at,
        entry_id=_append(session, grant, before, act),
    )
    session.add(version)
    session.flush()
    return version


def write_refusal(session: Session, refusal: GrantRefusal) -> UUID:
    """Append the entry of a consent that was declined as a whole."""
    return _entry(
        session,
        account_id=refusal.account_id,
        app_id=refusal.app_id,
        grant_id=None,
        person_id=refusal.person_id,
        members={"event": "denied", "refused": refusal.scopes, "actor": Actor("person", refusal.person_id).as_text()},
    )


def _append(session: Session, grant: Grant, before: Snapshot | None, act: Act) -> UUID:
    members = {
        "version": grant.version,
        "previous_version": before.version if before else None,
        "event": act.event,
        "state": grant.state,
        "actor": act.actor.as_text(),
        "app_version": ids.encode("ver", grant.app_version_id),
        "catalogue_version": grant.catalogue_version,
        "granted": grant.scopes,
        "refused": grant.refused,
        "terms": grant.terms,
        "before": asdict(before) if before else None,
        "purposes": act.purposes,
        "notice_hash": act.notice_hash,
        "policy_hash": act.policy_hash,
        "expires_at": clock.text(grant.expires_at),
        "authenticated_at": clock.text(act.authenticated_at) if act.authenticated_at else None,
        "reason": act.reason,
    }
    person = act.actor.id if act.actor.kind == "person" else None
    return _entry(
        session, account_id=grant.account_id, app_id=grant.app_id, grant_id=grant.id, person_id=person, members=members
    )


def _entry(
    session: Session,
    *,
    account_id: UUID,
    app_id: UUID,
    grant_id: UUID | None,
    person_id: UUID | None,
    members: dict[str, Any],
) -> UUID:
    draft = entries.grant(account_id=account_id, app_id=app_id, grant_id=grant_id, person_id=person_id, **members)
    appended = services.append(session, draft)
    assert appended is not None  # only a guarded append can find nothing to stand on
    return appended.id
