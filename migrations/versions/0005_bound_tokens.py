"""Codes, chains and access tokens may be bound to a key, and say when the person who allowed them had signed in.

Revision: 0005
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, String

from connect.core.database import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BOUND = ("authorization_code", "token_chain", "access_token")
_DATED = ("token_chain", "access_token")


def upgrade() -> None:
    for table in _BOUND:
        op.add_column(table, Column("jkt", String(43), nullable=True))
    for table in _DATED:
        op.add_column(table, Column("authenticated_at", UtcDateTime, nullable=True))


def downgrade() -> None:
    for table in reversed(_DATED):
        op.drop_column(table, "authenticated_at")
    for table in reversed(_BOUND):
        op.drop_column(table, "jkt")
