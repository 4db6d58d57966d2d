"""A grant says who stands behind it where that is not who gave it, and until when its account was asked to confirm it.

Revision: 0006
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, text

from connect.core.database import Id, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ASKED = text("confirm_by IS NOT NULL")
_LAST_CONSENT = """
    SELECT v.actor_id FROM grant_version v
    WHERE v.account_id = "grant".account_id AND v.grant_id = "grant".id AND v.event IN ('given', 'changed') AND v.actor_kind = 'person'
    ORDER BY v.version DESC LIMIT 1
"""


def upgrade() -> None:
    op.add_column("grant", Column("taken_over_by", Id, nullable=True))
    op.add_column("grant", Column("confirm_by", UtcDateTime, nullable=True))
    op.create_index("ix_grant_confirm_by", "grant", ["confirm_by"], sqlite_where=_ASKED, postgresql_where=_ASKED)
    op.execute(f'UPDATE "grant" SET taken_over_by = NULLIF(({_LAST_CONSENT}), given_by)')  # noqa: S608 - no value from outside


def downgrade() -> None:
    op.drop_index("ix_grant_confirm_by", "grant")
    op.drop_column("grant", "confirm_by")
    op.drop_column("grant", "taken_over_by")
