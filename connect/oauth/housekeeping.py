"""What is cleared away by the clock: rows that nothing can use any more, in batches, so that no table is held for long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from connect.core import clock, settings
from connect.oauth import gone_apps, record
from connect.oauth.models import AccessToken, AuthorizationCode, AuthRequest, SpentProof, TokenChain
from connect.oauth.tokens import Basis


def purge(session: Session, limit: int) -> int:
    """Close replay windows and delete what has been over for long enough, `limit` things in all; returns how many."""
    done = 0
    for step in (close_replays, *_DELETIONS, gone_apps.end_grants, gone_apps.remove_unused):
        if done < limit:
            done += step(session, limit - done)
    return done


def close_replays(session: Session, limit: int) -> int:
    """Where an answer was asked for again and can be no longer: forget it, and say in the ledger how often it was."""
    over = select(
        TokenChain.id, TokenChain.app_id, TokenChain.account_id, TokenChain.grant_id, TokenChain.generation, TokenChain.replays
    ).where(TokenChain.replays > 0, TokenChain.replay_until < clock.now())  # fmt: skip
    rows = session.execute(over.limit(limit).with_for_update(skip_locked=True)).all()
    for row in rows:
        session.execute(update(TokenChain).where(TokenChain.id == row.id).values(replay_box=None, replays=0))
        basis = Basis(row.app_id, row.account_id, row.grant_id, chain_id=row.id)
        record.replayed(session, basis, row.generation, row.replays)
    return len(rows)


def _deletion(model: Any, key: Any, over: Callable[[datetime], ColumnElement[bool]]) -> Callable[[Session, int], int]:
    """A step that deletes rows of `model` for which `over(now)` holds; those another transaction holds are left for the next run."""

    def step(session: Session, limit: int) -> int:
        doomed = select(key).where(over(clock.now())).limit(limit).with_for_update(skip_locked=True)
        keys = session.scalars(doomed).all()
        return session.connection().execute(delete(model).where(key.in_(keys))).rowcount if keys else 0

    return step


def _ended_long_ago(now: datetime) -> ColumnElement[bool]:
    """An idle chain waits for its absolute end: one row a connection, and no index on what every refresh changes."""
    kept = now - settings.current().token_keep
    return or_(TokenChain.expires_at < kept, TokenChain.ended_at < kept)


_DELETIONS = (
    _deletion(SpentProof, SpentProof.digest, lambda now: SpentProof.expires_at < now),
    _deletion(AuthRequest, AuthRequest.id, lambda now: AuthRequest.expires_at < now - settings.current().code_keep),
    _deletion(
        AuthorizationCode,
        AuthorizationCode.digest,
        lambda now: AuthorizationCode.expires_at < now - settings.current().code_keep,
    ),
    _deletion(
        AccessToken, AccessToken.digest, lambda now: AccessToken.expires_at < now - settings.current().token_keep
    ),
    _deletion(TokenChain, TokenChain.id, _ended_long_ago),
)
