"""Authorization requests of devices: found by the digest of the device code, or by the code that a person types; polled for.

Revision: 0007
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, LargeBinary, String

from connect.core.database import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_UNIQUE = ("device_digest", "user_code")


def upgrade() -> None:
    with op.batch_alter_table("auth_request") as table:
        table.add_column(Column("device_digest", LargeBinary(32), nullable=True))
        table.add_column(Column("user_code", String(8), nullable=True))
        table.add_column(Column("poll_interval", Integer, nullable=True))
        table.add_column(Column("polled_at", UtcDateTime, nullable=True))
        for column in _UNIQUE:
            table.create_unique_constraint(op.f(f"uq_auth_request_{column}"), [column])


def downgrade() -> None:
    with op.batch_alter_table("auth_request") as table:
        for column in reversed(_UNIQUE):
            table.drop_constraint(op.f(f"uq_auth_request_{column}"), type_="unique")
        for column in ("polled_at", "poll_interval", "user_code", "device_digest"):
            table.drop_column(column)
