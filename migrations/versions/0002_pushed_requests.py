"""Pushed authorization requests are found by the digest of their reference.

Revision: 0002
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, LargeBinary

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("auth_request") as table:
        table.add_column(Column("pushed_digest", LargeBinary(32), nullable=True))
        table.create_unique_constraint(op.f("uq_auth_request_pushed_digest"), ["pushed_digest"])


def downgrade() -> None:
    with op.batch_alter_table("auth_request") as table:
        table.drop_constraint(op.f("uq_auth_request_pushed_digest"), type_="unique")
        table.drop_column("pushed_digest")
