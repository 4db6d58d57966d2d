"""Looks at grants: frozen values, never rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from apps_registry.models import App
from connect.core import clock, database, ids
from connect.grants import standing
from connect.grants.models import LIVE, Grant, GrantVersion


@dataclass(frozen=True)
class GrantView:
    """A grant and the app it is for."""

    account_id: UUID
    id: UUID
    app_id: UUID
    client_id: str
    app_name: str
    app_version_id: UUID
    state: str
    version: int
    scopes: list[str]
    refused: list[str]
    terms: dict[str, Any]
    given_by: UUID
    given_at: datetime
    taken_over_by: UUID | None
    confirm_by: datetime | None
    changed_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    end_reason: str

    @property
    def standing(self) -> str:
        """The state as it is now (standing.state_at)."""
        return standing.state_at(self.state, self.expires_at, clock.now())

    @property
    def live(self) -> bool:
        return self.standing in LIVE

    @property
    def backer(self) -> UUID:
        """The person who stands behind it: who gave, changed or confirmed it last."""
        return self.taken_over_by or self.given_by

    def as_dict(self) -> dict[str, Any]:
        """For `--json`: ids as text; keys are documented in docs/operator/commands.md."""
        return {
            "id": ids.encode("grant", self.id),
            "account_id": ids.encode("acc", self.account_id),
            "client_id": self.client_id,
            "app": self.app_name,
            "state": self.standing,
            "version": self.version,
            "granted": self.scopes,
            "refused": self.refused,
            "terms": self.terms,
            "given_at": self.given_at,
            "confirm_by": self.confirm_by,
            "expires_at": self.expires_at,
            "ended_at": self.ended_at,
            "end_reason": self.end_reason,
        }


@dataclass(frozen=True)
class VersionView:
    """One act in a grant's life."""

    version: int
    event: str
    state: str
    scopes: list[str]
    refused: list[str]
    terms: dict[str, Any]
    notice_hash: str | None
    policy_hash: str | None
    expires_at: datetime
    actor_kind: str
    actor_id: UUID | None
    reason: str
    at: datetime
    entry_id: UUID


def listing(*, account_id: UUID | None = None, client_id: str | None = None, limit: int = 500) -> Sequence[GrantView]:
    """Grants, newest first, of one account or app where given."""
    statement = _grants().order_by(Grant.given_at.desc(), Grant.id.desc()).limit(limit)
    if account_id is not None:
        statement = statement.where(Grant.account_id == account_id)
    if client_id is not None:
        statement = statement.where(App.client_id == client_id)
    with database.read() as connection:
        return [GrantView(*row) for row in connection.execute(statement)]


def one(account_id: UUID, grant_id: UUID) -> GrantView | None:
    """The grant, or None where that account has none of that id."""
    with database.read() as connection:
        row = connection.execute(_grants().where(Grant.account_id == account_id, Grant.id == grant_id)).one_or_none()
    return GrantView(*row) if row else None


def live_of_app(account_id: UUID, app_id: UUID) -> GrantView | None:
    """The live grant of an account to an app, as it reads now."""
    with database.read() as connection:
        row = connection.execute(
            _grants().where(Grant.account_id == account_id, Grant.app_id == app_id, standing.live(clock.now()))
        ).one_or_none()
    return GrantView(*row) if row else None


def of_app(app_id: UUID, *, after: UUID | None, limit: int) -> Sequence[GrantView]:
    """The live grants of an app, in the order in which they were first given, after the one with the id `after`."""
    statement = _grants().where(Grant.app_id == app_id, standing.live(clock.now())).order_by(Grant.id).limit(limit)
    if after is not None:
        statement = statement.where(Grant.id > after)
    with database.read() as connection:
        return [GrantView(*row) for row in connection.execute(statement)]


def one_of_app(app_id: UUID, grant_id: UUID) -> GrantView | None:
    """A grant of an app, or None where that app has none of that id."""
    with database.read() as connection:
        row = connection.execute(_grants().where(Grant.app_id == app_id, Grant.id == grant_id)).one_or_none()
    return GrantView(*row) if row else None


def live_counts(app_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many live grants each app has; apps without one are left out."""
    live = (Grant.app_id.in_(list(app_ids)), standing.live(clock.now()))
    with database.read() as connection:
        rows = connection.execute(select(Grant.app_id, func.count()).where(*live).group_by(Grant.app_id))
        return {row[0]: row[1] for row in rows}


def account_of(grant_id: UUID) -> UUID | None:
    """The account a grant belongs to (for operators, who name a grant alone)."""
    with database.read() as connection:
        return connection.scalar(select(Grant.account_id).where(Grant.id == grant_id))


def history(account_id: UUID, grant_id: UUID) -> Sequence[VersionView]:
    """Every version of a grant, oldest first."""
    columns = [getattr(GrantVersion, name) for name in VersionView.__dataclass_fields__]
    statement = select(*columns).where(GrantVersion.account_id == account_id, GrantVersion.grant_id == grant_id)
    with database.read() as connection:
        return [VersionView(*row) for row in connection.execute(statement.order_by(GrantVersion.version))]


def _grants() -> Select[*tuple[Any, ...]]:
    of_app = {"client_id": App.client_id, "app_name": App.name}
    columns = [of_app.get(name) or getattr(Grant, name) for name in GrantView.__dataclass_fields__]
    return select(*columns).join(App, App.id == Grant.app_id)
