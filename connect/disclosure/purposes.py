"""The developer's purpose per scope, as it stands in an app version. A version never changes, so it is read once."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from sqlalchemy import select

from apps_registry.models import RequestedScope
from connect.core import database


@lru_cache(maxsize=4096)
def purposes(app_version_id: UUID) -> tuple[tuple[str, str], ...]:
    """Pairs of scope and purpose, by scope."""
    columns = (RequestedScope.scope, RequestedScope.purpose)
    statement = select(*columns).where(RequestedScope.app_version_id == app_version_id).order_by(RequestedScope.scope)
    with database.read() as connection:
        return tuple((scope, purpose) for scope, purpose in connection.execute(statement))
