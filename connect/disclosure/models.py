"""The catalogue's versions, kept whole: a grant's projection shows only what stood in its version and still stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from connect.core.database import Base, Json, UtcDateTime


class CatalogueVersion(Base):
    """A catalogue (scopes.catalogue.document()) by its SHA-256."""

    __tablename__ = "catalogue_version"

    version: Mapped[str] = mapped_column(String(64), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
