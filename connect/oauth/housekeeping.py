"""What is cleared away by the clock: rows that nothing can use any more, in batches, so that no table is held for long.

Each kind is a step of its own, and so a job of its own (jobs/table.py), whose count says how much of it there was.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from connect.core import clock, settings
from connect.core.settings import Settings
from connect.oauth import gone_apps, record
from connect.oauth.models import AccessToken, AuthorizationCode, AuthRequest, SpentProof, TokenChain
from connect.oauth.tokens import Basis

Step = Callable[[Session, int], int]  # does at most so much, and returns how much it did


def purge(session: Session, limit: int) -> int:
    """Every step, `limit` things in all (tests); returns how many."""
    done = 0
    for step in STEPS.values():
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


def _deletion(model: Any, key: Any, over: Callable[[datetime], Select[Any]]) -> Step:
    """A step that deletes the rows of `model` that `over(now)` finds by their `key`; those another transaction holds wait for the next
    run."""

    def step(session: Session, limit: int) -> int:
        keys = session.scalars(over(clock.now()).limit(limit).with_for_update(skip_locked=True)).all()
        return session.connection().execute(delete(model).where(key.in_(keys))).rowcount if keys else 0

    return step


def _expired(model: Any, key: Any, kept: Callable[[Settings], timedelta]) -> Step:
    """As `_deletion`, of what expired `kept` ago. The oldest first, by the index: otherwise PostgreSQL would read the table from its
    beginning each time, over all that was deleted before."""

    def over(now: datetime) -> Select[Any]:
        return select(key).where(model.expires_at < now - kept(settings.current())).order_by(model.expires_at)

    return _deletion(model, key, over)


def _ended_long_ago(now: datetime) -> Select[Any]:
    """An idle chain waits for its absolute end: one row a connection, and no index on what every refresh changes."""
    kept = now - settings.current().token_keep
    return select(TokenChain.id).where(or_(TokenChain.expires_at < kept, TokenChain.ended_at < kept))


STEPS: dict[str, Step] = {
    "close replay windows": close_replays,
    "purge used proofs": _expired(SpentProof, SpentProof.digest, lambda _: timedelta(0)),
    "purge authorization requests": _expired(AuthRequest, AuthRequest.id, lambda config: config.code_keep),
    "purge authorization codes": _expired(AuthorizationCode, AuthorizationCode.digest, lambda config: config.code_keep),
    "purge access tokens": _expired(AccessToken, AccessToken.digest, lambda config: config.token_keep),
    "purge token chains": _deletion(TokenChain, TokenChain.id, _ended_long_ago),
    "end grants of deleted apps": gone_apps.end_grants,
    "remove unused apps": gone_apps.remove_unused,
}
