"""Timed jobs as leased rows, so that several workers never run one job twice at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from connect.core.database import Base, Id, UtcDateTime


class Job(Base):
    """When a job is due next, who holds it until when, what its last run said."""

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease: Mapped[UUID | None] = mapped_column(Id)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_run_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_report: Mapped[str] = mapped_column(Text, default="")
