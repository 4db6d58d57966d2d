"""What pages read of a grant's tokens."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from connect.core import clock, database
from connect.oauth import chains
from connect.oauth.models import TokenChain


def reconnect_needed(account_id: UUID, grant_id: UUID) -> bool:
    """Whether the newest chain of a grant was ended because a token came back after it was spent, and none has begun since.

    Until the app is connected again its next authorisation always shows a page.
    """
    newest = (
        select(TokenChain.end_reason)
        .where(TokenChain.account_id == account_id, TokenChain.grant_id == grant_id)
        .order_by(TokenChain.created_at.desc(), TokenChain.id.desc())
        .limit(1)
    )
    with database.read() as connection:
        return connection.scalar(newest) in {chains.REUSE, chains.CODE_REUSE}


def live_chains(account_id: UUID, grant_id: UUID) -> int:
    """How many connections of a grant can still get tokens."""
    now = clock.now()
    statement = select(TokenChain.id).where(
        TokenChain.account_id == account_id,
        TokenChain.grant_id == grant_id,
        TokenChain.ended_at.is_(None),
        TokenChain.expires_at > now,
        TokenChain.idle_expires_at > now,
    )
    with database.read() as connection:
        return len(connection.execute(statement).all())
