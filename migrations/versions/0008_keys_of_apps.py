"""Apps may prove who they are with keys of their own: a JWK Set in their row, or the address of one.

Revision: 0008
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, String

from connect.core.database import Json

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("app", Column("jwks", Json, nullable=True))
    op.add_column("app", Column("jwks_uri", String(2000), nullable=True))


def downgrade() -> None:
    op.drop_column("app", "jwks_uri")
    op.drop_column("app", "jwks")
