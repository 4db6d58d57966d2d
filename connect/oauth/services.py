"""Acts on what has been issued, for the rooms above and for this one's receivers."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from connect.core import clock
from connect.oauth import chains, record
from connect.oauth.models import TokenChain
from connect.oauth.tokens import Basis


def end_of_grant(session: Session, account_id: UUID, grant_id: UUID, reason: str) -> int:
    """End every chain of a grant with its access tokens, each with its ledger entry; returns how many ended."""
    of_grant = select(TokenChain.id, TokenChain.app_id).where(
        TokenChain.account_id == account_id, TokenChain.grant_id == grant_id, TokenChain.ended_at.is_(None)
    )
    now, ended = clock.now(), 0
    for chain_id, app_id in session.execute(of_grant.order_by(TokenChain.id)).all():
        if chains.end(session, chain_id, reason, now):
            record.chain_ended(session, Basis(app_id, account_id, grant_id, chain_id=chain_id), reason)
            ended += 1
    return ended
