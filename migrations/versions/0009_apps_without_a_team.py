"""Apps that register themselves: no team answers for them, and what they are known by has a table.

Revision: 0009
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, LargeBinary, PrimaryKeyConstraint, String

from connect.core.database import Id, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Without a team they cannot stay: what they asked for and how they prove themselves goes with them.
_OF_AN_APP = ("redirect_uri", "app_secret", "app_tester")
_TEAMLESS = "(SELECT id FROM app WHERE team_id IS NULL)"
_THEIR_VERSIONS = f"(SELECT id FROM app_version WHERE app_id IN {_TEAMLESS})"  # noqa: S608 - of constants


def upgrade() -> None:
    with op.batch_alter_table("app") as table:
        table.alter_column("team_id", existing_type=Id(), nullable=True)
        table.add_column(Column("origin", String(20), nullable=False, server_default="team"))
    with op.batch_alter_table("app") as table:
        table.alter_column("origin", existing_type=String(20), server_default=None)
    op.create_table(
        "client_registration",
        Column("app_id", Id, nullable=False),
        Column("token_digest", LargeBinary(length=32), nullable=True),
        Column("fresh_until", UtcDateTime, nullable=True),
        Column("used_at", UtcDateTime, nullable=False),
        ForeignKeyConstraint(["app_id"], ["app.id"], name="fk_client_registration_app_id_app"),
        PrimaryKeyConstraint("app_id", name="pk_client_registration"),
    )
    op.create_index("ix_client_registration_used_at", "client_registration", ["used_at"])


def downgrade() -> None:
    op.drop_table("client_registration")
    op.execute(f"DELETE FROM requested_scope WHERE app_version_id IN {_THEIR_VERSIONS}")  # noqa: S608
    op.execute(f"DELETE FROM app_version WHERE app_id IN {_TEAMLESS}")  # noqa: S608
    for name in _OF_AN_APP:
        op.execute(f"DELETE FROM {name} WHERE app_id IN {_TEAMLESS}")  # noqa: S608
    op.execute("DELETE FROM app WHERE team_id IS NULL")
    with op.batch_alter_table("app") as table:
        table.drop_column("origin")
        table.alter_column("team_id", existing_type=Id(), nullable=False)
