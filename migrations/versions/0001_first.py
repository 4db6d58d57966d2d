"""The first schema: one file of migrations/first for each room, in the order of their foreign keys.

Written out and not made from the models, which move on.

Revision: 0001
"""

from __future__ import annotations

from alembic import op

from migrations.first import accounts, calls, core, disclosure, grants, jobs, ledger, oauth, registry, webhooks

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ROOMS = (core, registry, accounts, calls, grants, oauth, ledger, disclosure, webhooks, jobs)


def upgrade() -> None:
    for room in _ROOMS:
        room.create()


def downgrade() -> None:
    for room in reversed(_ROOMS):
        for table in reversed(room.TABLES):
            op.drop_table(table)
