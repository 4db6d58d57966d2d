"""Catalogue versions that consents were given under: the tables as they were at first."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, String

from connect.core.database import Json, UtcDateTime

TABLES = ("catalogue_version",)


def create() -> None:
    op.create_table(
        "catalogue_version",
        Column("version", String(length=64), nullable=False),
        Column("document", Json, nullable=False),
        Column("first_seen_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("version", name="pk_catalogue_version"),
    )
