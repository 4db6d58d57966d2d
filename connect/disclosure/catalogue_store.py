"""Catalogue versions in the database: written with the first consent that names one, read once per process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connect.core import clock, database
from connect.disclosure.models import CatalogueVersion
from connect.scopes import catalogue


def remember(session: Session) -> None:
    """Keep the current catalogue whole, once."""
    known = select(CatalogueVersion.version).where(CatalogueVersion.version == catalogue.VERSION)
    if session.scalar(known) is None:
        row = {"version": catalogue.VERSION, "document": catalogue.document(), "first_seen_at": clock.now()}
        session.execute(database.upsert(CatalogueVersion).values(row).on_conflict_do_nothing())


def document(version: str) -> Mapping[str, Any] | None:
    """The catalogue of `version`; None when it is the current one, so that nothing needs to be compared."""
    return None if version == catalogue.VERSION else _load(version)


@lru_cache(maxsize=64)
def _load(version: str) -> Mapping[str, Any]:
    with database.read() as connection:
        found = connection.scalar(select(CatalogueVersion.document).where(CatalogueVersion.version == version))
    if found is None:
        raise LookupError(f"catalogue version {version[:12]} is not in the database")
    return dict(found)
