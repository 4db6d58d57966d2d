"""Rows of the registry, found and locked the way every service here does it: the app first, so that two acts on it take turns."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from apps_registry.errors import NoSuchApp
from apps_registry.models import App, AppVersion, RequestedScope


def locked_app(session: Session, app_id: UUID) -> App:
    """The app, locked until the transaction ends and read afresh. Raises NoSuchApp."""
    found = session.scalar(
        select(App).where(App.id == app_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if found is None:
        raise NoSuchApp
    return found


def version_of(session: Session, version_id: UUID) -> tuple[App, AppVersion]:
    """A version and its app, the app locked. Raises NoSuchApp."""
    app_id = session.scalar(select(AppVersion.app_id).where(AppVersion.id == version_id))
    if app_id is None:
        raise NoSuchApp("version")
    app = locked_app(session, app_id)
    version = session.scalar(
        select(AppVersion).where(AppVersion.id == version_id).execution_options(populate_existing=True)
    )
    assert version is not None  # versions are never deleted
    return app, version


def newest_version(session: Session, app_id: UUID, *states: str) -> AppVersion | None:
    """The version with the highest number, among those in one of `states` where any are given."""
    query: Select[AppVersion] = select(AppVersion).where(AppVersion.app_id == app_id)
    if states:
        query = query.where(AppVersion.state.in_(states))
    return session.scalar(query.order_by(AppVersion.number.desc()).limit(1))


def requested(session: Session, version_id: UUID) -> dict[str, RequestedScope]:
    """What a version asks for, by scope."""
    rows = session.scalars(select(RequestedScope).where(RequestedScope.app_version_id == version_id))
    return {row.scope: row for row in rows}
