"""The first schema.

Revision: 0001
"""

from __future__ import annotations

from alembic import op

from connect.tables import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE rate_limit SET UNLOGGED"
        )  # counts may be lost in a crash; they must not cost a WAL write


def downgrade() -> None:
    metadata.drop_all(op.get_bind())
