"""The reviewers' queue, and what was decided lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select

from apps_registry.models import App, AppVersion, Review
from apps_registry.queries import reviews_of, scopes_of
from apps_registry.versions import APPROVED, IN_REVIEW
from connect.core import database


@dataclass(frozen=True)
class WaitingReview:
    """A version with the reviewers; `approvals` by how many people so far."""

    version_id: UUID
    number: int
    app_id: UUID
    client_id: str
    name: str
    legal_developer: str
    team_id: UUID | None
    waiting_since: datetime
    scopes: tuple[str, ...]
    approvals: int


@dataclass(frozen=True)
class Decided:
    """A decision lately made, with the app and the number of the version."""

    version_id: UUID
    number: int
    name: str
    reviewer_id: UUID | None
    decision: str
    decided_at: datetime


def waiting() -> Sequence[WaitingReview]:
    """The reviewers' queue, longest waiting first."""
    with database.read() as connection:
        rows = connection.execute(_waiting()).all()
        versions = [row.version_id for row in rows]
        scopes, approvals = scopes_of(connection, versions), _approvals(connection, versions)
    return [
        WaitingReview(
            **row._mapping,
            scopes=tuple(line.name for line in scopes.get(row.version_id, ())),
            approvals=approvals.get(row.version_id, 0),
        )
        for row in rows
    ]


def decided_lately(limit: int = 20) -> Sequence[Decided]:
    """The newest decisions, newest first."""
    query = (
        select(
            AppVersion.id.label("version_id"), AppVersion.number, App.name, Review.reviewer_id, Review.decision, Review.decided_at
        )
        .join(AppVersion, AppVersion.id == Review.app_version_id)
        .join(App, App.id == AppVersion.app_id)
        .order_by(Review.id.desc())
        .limit(limit)
    )  # fmt: skip
    with database.read() as connection:
        return [Decided(**row._mapping) for row in connection.execute(query)]


def _waiting() -> Select[*tuple[Any, ...]]:
    return (
        select(
            AppVersion.id.label("version_id"), AppVersion.number, App.id.label("app_id"), App.client_id, App.name,
            App.legal_developer, App.team_id, AppVersion.submitted_at.label("waiting_since"),
        )
        .join(App, App.id == AppVersion.app_id)
        .where(AppVersion.state == IN_REVIEW)
        .order_by(AppVersion.submitted_at, AppVersion.id)
    )  # fmt: skip


def _approvals(connection: Connection, version_ids: list[UUID]) -> dict[UUID, int]:
    counts: dict[UUID, int] = {}
    for version_id, reviews in reviews_of(connection, version_ids).items():
        for line in reviews:
            counts[version_id] = counts.get(version_id, 0) + 1 if line.decision == APPROVED else 0
    return counts
