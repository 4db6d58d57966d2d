"""Imports every model, so that Alembic and `create_all` know all tables."""

from __future__ import annotations

from connect.core.database import Base

metadata = Base.metadata
