"""Timed jobs: the tables as they were at first."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, String, Text

from connect.core.database import Id, UtcDateTime

TABLES = ("job",)


def create() -> None:
    op.create_table(
        "job",
        Column("name", String(length=40), nullable=False),
        Column("due_at", UtcDateTime, nullable=False),
        Column("lease", Id, nullable=True),
        Column("leased_until", UtcDateTime, nullable=True),
        Column("last_run_at", UtcDateTime, nullable=True),
        Column("last_report", Text(), nullable=False),
        PrimaryKeyConstraint("name", name="pk_job"),
    )
