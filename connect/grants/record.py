"""How an act on a grant is written down: its version row and its ledger entry, both in the act's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from connect.core import actor, clock, ids
from connect.core.actor import Actor
from connect.grants.models import Grant, GrantRefusal, GrantVersion
from connect.ledger import entries, services
from connect.ledger.entries import Draft
from connect.scopes.catalogue import RESOURCES, projection


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
    draft = entries.grant(
        account_id=refusal.account_id,
        app_id=refusal.app_id,
        grant_id=None,
        person_id=refusal.person_id,
        event="denied",
        actor=actor.person(refusal.person_id).as_text(),
        refused=refusal.scopes,
        method="consent page",
    )
    return _entry(session, draft)


def _append(session: Session, grant: Grant, before: Snapshot | None, act: Act) -> UUID:
    draft = entries.grant(
        account_id=grant.account_id,
        app_id=grant.app_id,
        grant_id=grant.id,
        person_id=act.actor.id if act.actor.kind == "person" else None,
        event=act.event,
        actor=act.actor.as_text(),
        version=grant.version,
        previous_version=before.version if before else None,
        state=grant.state,
        app_version=ids.encode("ver", grant.app_version_id),
        granted=grant.scopes,
        refused=grant.refused,
        masks=masks(grant.scopes),
        terms=grant.terms,
        before=asdict(before) | {"masks": masks(before.scopes)} if before else None,
        purposes=act.purposes,
        catalogue_version=grant.catalogue_version,
        notice_hash=act.notice_hash,
        policy_hash=act.policy_hash,
        expires_at=clock.text(grant.expires_at),
        method="consent page" if act.notice_hash else None,
        authenticated_at=clock.text(act.authenticated_at) if act.authenticated_at else None,
        authentication_level="password" if act.authenticated_at else None,
        reason=act.reason or None,
    )
    return _entry(session, draft)


def masks(scopes: Iterable[str]) -> dict[str, str]:
    """Mask by `resource.field` that these scopes leave in place."""
    held = frozenset(scopes)
    return {f"{name}.{field}": mask for name in RESOURCES for field, mask in projection(name, held).masks.items()}


def _entry(session: Session, draft: Draft) -> UUID:
    appended = services.append(session, draft)
    assert appended is not None  # only a guarded append can find nothing to stand on
    return appended.id
