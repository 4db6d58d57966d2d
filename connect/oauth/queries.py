"""What pages read of tokens."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, select, tuple_
from sqlalchemy.orm import aliased

from connect.core import database
from connect.oauth import chains
from connect.oauth.models import TokenChain

_newer = aliased(TokenChain)
_BEGUN_SINCE = exists().where(
    _newer.account_id == TokenChain.account_id,
    _newer.grant_id == TokenChain.grant_id,
    tuple_(_newer.created_at, _newer.id) > tuple_(TokenChain.created_at, TokenChain.id),
)


def reconnect_needed(account_id: UUID) -> frozenset[UUID]:
    """The account's grants whose newest chain was ended because a token or code came back after it was spent."""
    stopped = select(TokenChain.grant_id).where(
        TokenChain.account_id == account_id,
        TokenChain.end_reason.in_(chains.STOLEN),
        ~_BEGUN_SINCE,
    )
    with database.read() as connection:
        return frozenset(connection.scalars(stopped))
