"""What pages and commands read of the registry, as frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, exists, func, or_, select

from apps_registry import keys
from apps_registry.clients import VersionInForce, version_in_force
from apps_registry.errors import NoSuchApp, NoSuchTeam
from apps_registry.models import (
    App,
    AppSecret,
    AppTester,
    AppVersion,
    DeveloperTeam,
    RedirectUri,
    RequestedScope,
    Review,
)
from apps_registry.versions import PUBLISHED
from connect.core import clock, database
from connect.core.public_keys import PublicKey


@dataclass(frozen=True)
class AppLine:
    """An app in a list. `team` is None for one that registered itself (`origin`). `version` is the number of its version in force,
    None before the first; `reviewed`: one was published."""

    id: UUID
    client_id: str
    name: str
    legal_developer: str
    team_id: UUID | None
    team: str | None
    origin: str
    kind: str
    state: str
    created_at: datetime
    updated_at: datetime
    version: int | None
    reviewed: bool


@dataclass(frozen=True)
class ScopeLine:
    """A scope that a version asks for, with the developer's words."""

    name: str
    required: bool
    purpose: str
    purpose_hi: str


@dataclass(frozen=True)
class ReviewLine:
    """A decision about a version; `reviewer_id` is None for the operator by command."""

    reviewer_id: UUID | None
    decision: str
    comment: str
    decided_at: datetime


@dataclass(frozen=True)
class VersionPage:
    """A version with what it asks for and what was decided about it."""

    id: UUID
    app_id: UUID
    number: int
    state: str
    default_terms: dict[str, Any]
    created_at: datetime
    submitted_at: datetime | None
    published_at: datetime | None
    scopes: tuple[ScopeLine, ...]
    reviews: tuple[ReviewLine, ...]

    def when_in_force(self) -> VersionInForce:
        """What grants draw from while this version is the one in force."""
        return VersionInForce(
            id=self.id,
            number=self.number,
            reviewed=self.state == PUBLISHED,
            required=frozenset(line.name for line in self.scopes if line.required),
            optional=frozenset(line.name for line in self.scopes if not line.required),
            default_terms=self.default_terms,
        )


@dataclass(frozen=True)
class SecretLine:
    """A live secret as its owner may see it."""

    id: UUID
    hint: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True)
class AppPage:
    """An app with everything its team sees of it; `versions` newest first."""

    id: UUID
    client_id: str
    team_id: UUID | None
    team: str | None
    origin: str
    owner_account_id: UUID | None
    name: str
    legal_developer: str
    description: str
    home_url: str
    privacy_policy_url: str
    terms_url: str
    support_email: str
    connect_url: str
    kind: str
    auth_method: str
    profile: str
    jwks: dict[str, Any] | None
    jwks_uri: str | None
    state: str
    state_reason: str
    retention_days: int
    created_at: datetime
    updated_at: datetime
    redirect_uris: tuple[str, ...]
    secrets: tuple[SecretLine, ...]
    testers: tuple[UUID, ...]
    versions: tuple[VersionPage, ...]

    @property
    def keys(self) -> tuple[PublicKey, ...]:
        """The public keys that it gave; none where it publishes them, or has none."""
        return keys.held(self.jwks)


def app_id_of(client_id: str) -> UUID:
    """The app with this client id. Raises NoSuchApp."""
    with database.read() as connection:
        found = connection.scalar(select(App.id).where(App.client_id == client_id))
    if found is None:
        raise NoSuchApp("client_id")
    return found


def app_name(app_id: UUID) -> str:
    """The name of an app, empty when there is no such app."""
    with database.read() as connection:
        return connection.scalar(select(App.name).where(App.id == app_id)) or ""


def apps_of(app_ids: Iterable[UUID]) -> dict[UUID, AppLine]:
    """The apps of these ids, by one statement."""
    with database.read() as connection:
        rows = connection.execute(_lines().where(App.id.in_(set(app_ids))))
        return {row.id: AppLine(**row._mapping) for row in rows}


def apps(team_ids: Iterable[UUID] | None = None, limit: int = 200) -> Sequence[AppLine]:
    """Apps, newest first: of the given teams, or all."""
    query = _lines().order_by(App.id.desc()).limit(limit)
    if team_ids is not None:
        query = query.where(App.team_id.in_(list(team_ids)))
    with database.read() as connection:
        return [AppLine(**row._mapping) for row in connection.execute(query)]


def app_page(app_id: UUID) -> AppPage:
    """One app. Five statements, however much it has. Raises NoSuchApp."""
    with database.read() as connection:
        app = connection.execute(_app(app_id)).one_or_none()
        if app is None:
            raise NoSuchApp
        return AppPage(
            **app._mapping,
            redirect_uris=tuple(
                connection.scalars(
                    select(RedirectUri.uri).where(RedirectUri.app_id == app_id).order_by(RedirectUri.uri)
                )
            ),
            secrets=_secrets(connection, app_id),
            testers=tuple(connection.scalars(select(AppTester.account_id).where(AppTester.app_id == app_id))),
            versions=_versions(connection, AppVersion.app_id == app_id),
        )


def version(version_id: UUID) -> VersionPage:
    """One version. Raises NoSuchApp."""
    with database.read() as connection:
        found = _versions(connection, AppVersion.id == version_id)
    if not found:
        raise NoSuchApp("version")
    return found[0]


def team_id(name: str) -> UUID:
    """The developer team of this name, in any case of letters. Raises NoSuchTeam."""
    with database.read() as connection:
        found = connection.scalar(
            select(DeveloperTeam.id).where(func.lower(DeveloperTeam.name) == name.strip().lower())
        )
    if found is None:
        raise NoSuchTeam
    return found


def _lines() -> Select[*tuple[Any, ...]]:
    number = select(AppVersion.number).where(AppVersion.id == version_in_force()).correlate(App).scalar_subquery()
    published = exists().where(AppVersion.app_id == App.id, AppVersion.state == PUBLISHED).correlate(App)
    return select(
        App.id, App.client_id, App.name, App.legal_developer, App.team_id, DeveloperTeam.name.label("team"),
        App.origin, App.client_kind.label("kind"), App.state, App.created_at, App.updated_at, number.label("version"),
        published.label("reviewed"),
    ).outerjoin(DeveloperTeam, DeveloperTeam.id == App.team_id)  # fmt: skip


def _app(app_id: UUID) -> Select[*tuple[Any, ...]]:
    """The columns of an app, by the names of AppPage's fields."""
    return (
        select(
            App.id, App.client_id, App.team_id, DeveloperTeam.name.label("team"), App.origin, App.owner_account_id, App.name,
            App.legal_developer, App.description, App.home_url, App.privacy_policy_url, App.terms_url, App.support_email,
            App.connect_url, App.client_kind.label("kind"), App.auth_method, App.profile, App.jwks, App.jwks_uri, App.state,
            App.state_reason, App.retention_days, App.created_at, App.updated_at,
        )
        .outerjoin(DeveloperTeam, DeveloperTeam.id == App.team_id)
        .where(App.id == app_id)
    )  # fmt: skip


def _secrets(connection: Connection, app_id: UUID) -> tuple[SecretLine, ...]:
    live = or_(AppSecret.expires_at.is_(None), AppSecret.expires_at > clock.now())
    columns = (AppSecret.id, AppSecret.hint, AppSecret.created_at, AppSecret.expires_at, AppSecret.last_used_at)
    rows = connection.execute(select(*columns).where(AppSecret.app_id == app_id, live).order_by(AppSecret.id.desc()))
    return tuple(SecretLine(**row._mapping) for row in rows)


def _versions(connection: Connection, which: Any) -> tuple[VersionPage, ...]:
    columns = (
        AppVersion.id, AppVersion.app_id, AppVersion.number, AppVersion.state, AppVersion.default_terms, AppVersion.created_at,
        AppVersion.submitted_at, AppVersion.published_at,
    )  # fmt: skip
    rows = connection.execute(select(*columns).where(which).order_by(AppVersion.number.desc())).all()
    ids = [row.id for row in rows]
    scopes, reviews = scopes_of(connection, ids), reviews_of(connection, ids)
    return tuple(
        VersionPage(**row._mapping, scopes=tuple(scopes.get(row.id, ())), reviews=tuple(reviews.get(row.id, ())))
        for row in rows
    )


def scopes_of(connection: Connection, version_ids: list[UUID]) -> dict[UUID, list[ScopeLine]]:
    """What versions ask for, by version."""
    columns = (
        RequestedScope.app_version_id, RequestedScope.scope, RequestedScope.required, RequestedScope.purpose, RequestedScope.purpose_hi,
    )  # fmt: skip
    query = select(*columns).where(RequestedScope.app_version_id.in_(version_ids)).order_by(RequestedScope.scope)
    return _grouped(connection.execute(query), ScopeLine)


def reviews_of(connection: Connection, version_ids: list[UUID]) -> dict[UUID, list[ReviewLine]]:
    """What was decided about versions, oldest first, by version."""
    columns = (Review.app_version_id, Review.reviewer_id, Review.decision, Review.comment, Review.decided_at)
    query = select(*columns).where(Review.app_version_id.in_(version_ids)).order_by(Review.id)
    return _grouped(connection.execute(query), ReviewLine)


def _grouped(rows: Iterable[Row[Any]], make: Any) -> dict[UUID, list[Any]]:
    """Rows by their first column, each made from the rest."""
    grouped: dict[UUID, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row[0], []).append(make(*row[1:]))
    return grouped
