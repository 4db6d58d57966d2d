"""A letter that could not be sent is tried again, ever more slowly. One that waits already is due since it was written.

Revision: 0004
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer

from connect.core.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mail") as table:
        table.add_column(Column("due_at", UtcDateTime, nullable=True))
        table.add_column(Column("attempts", Integer, nullable=True))
    op.execute("UPDATE mail SET due_at = created_at, attempts = 0")
    with op.batch_alter_table("mail") as table:
        table.alter_column("due_at", existing_type=UtcDateTime(), nullable=False)
        table.alter_column("attempts", existing_type=Integer(), nullable=False)
        table.create_index("ix_mail_due_at", ["due_at"])


def downgrade() -> None:
    with op.batch_alter_table("mail") as table:
        table.drop_index("ix_mail_due_at")
        table.drop_column("attempts")
        table.drop_column("due_at")
