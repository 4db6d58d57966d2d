"""Proofs that may be used once are remembered until they are too old.

Revision: 0003
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, LargeBinary, PrimaryKeyConstraint

from connect.core.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spent_proof",
        Column("digest", LargeBinary(32), nullable=False),
        Column("expires_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("digest", name="pk_spent_proof"),
    )
    op.create_index("ix_spent_proof_expires_at", "spent_proof", ["expires_at"])


def downgrade() -> None:
    op.drop_table("spent_proof")
