"""Chains: what one authorization code began. A chain with offline_access is also a line of refresh tokens, kept in one row.

A token of the fapi tier is bound to a key and stays as it is (FAPI 2.0 5.3.2.1 (9)); a use of it keeps the chain alive. All others
rotate. Rotation is one conditional UPDATE, so of many uses of a token one makes a successor. The others, and a client that lost the
answer, get the same bytes again while `refresh_replay_window` lasts. What comes later than that, or from further back, is a theft: the
chain ends with its access tokens; the grant and its other chains stand (RFC 9700 4.14.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.orm import Session

from connect.core import keyring, settings
from connect.core.database import Id
from connect.grants.models import Grant
from connect.oauth import standing, tokens
from connect.oauth.models import TokenChain
from connect.oauth.refresh_tokens import RefreshToken
from connect.oauth.standing import Standing
from connect.oauth.tokens import Basis

REUSE = "refresh token reused"
CODE_REUSE = "authorization code used twice"
DEVICE_REUSE = "device code used twice"
STOLEN = (REUSE, CODE_REUSE, DEVICE_REUSE)  # of what ended for these the app has to be connected again

_COLUMNS: tuple[Any, ...] = (
    TokenChain.id, TokenChain.app_id, TokenChain.account_id, TokenChain.grant_id, TokenChain.scopes, TokenChain.resource,
    TokenChain.generation, TokenChain.current, TokenChain.previous, TokenChain.replay_until, TokenChain.replays,
    TokenChain.jkt, TokenChain.authenticated_at, TokenChain.idle_expires_at, TokenChain.expires_at, TokenChain.ended_at,
    TokenChain.end_reason,
)  # fmt: skip
_OWN = len(_COLUMNS)


@dataclass(frozen=True)
class Chain:
    """A chain's row and what it stands on."""

    standing: Standing
    id: UUID
    app_id: UUID
    account_id: UUID
    grant_id: UUID
    scopes: list[str]
    resource: str | None
    generation: int
    current: bytes | None
    previous: bytes | None
    replay_until: datetime | None
    replays: int
    jkt: str | None
    authenticated_at: datetime | None
    idle_expires_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    end_reason: str

    @property
    def basis(self) -> Basis:
        return Basis(
            app_id=self.app_id,
            account_id=self.account_id,
            grant_id=self.grant_id,
            grant_version=self.standing.grant_version,
            chain_id=self.id,
            resource=self.resource,
            until=self.standing.grant_expires_at,
            authenticated_at=self.authenticated_at,
            terms=self.standing.grant_terms,
        )

    def over(self, now: datetime) -> bool:
        """Whether it was ended, has idled too long, or has reached its end."""
        return self.ended_at is not None or now >= min(self.idle_expires_at, self.expires_at)


def begin(session: Session, basis: Basis, names: list[str], first: RefreshToken | None, now: datetime) -> None:
    """The row of a new chain; `first` is its first refresh token, None without offline_access."""
    config = settings.current()
    row = {
        "id": basis.chain_id,
        "app_id": basis.app_id,
        "account_id": basis.account_id,
        "grant_id": basis.grant_id,
        "scopes": names,
        "resource": basis.resource,
        "generation": 0,
        "current": first.digest if first else None,
        "replays": 0,
        "jkt": basis.jkt,
        "authenticated_at": basis.authenticated_at,
        "created_at": now,
        "idle_expires_at": now + config.refresh_idle,
        "expires_at": now + config.refresh_absolute,
        "end_reason": "",
    }
    session.connection().execute(_INSERT, row)


def find(session: Session, chain_id: UUID) -> Chain | None:
    """The chain; app and grant are held as they are until the transaction ends (standing.locked)."""
    row = session.connection().execute(_FIND, {"chain_id": chain_id}).one_or_none()
    return None if row is None else Chain(Standing(*row[_OWN:]), *row[:_OWN])


def refused(session: Session, chain: Chain) -> frozenset[str]:
    """What the customer refused of what was asked with the chain's grant, as it stands now."""
    of_grant = select(Grant.refused).where(Grant.account_id == chain.account_id, Grant.id == chain.grant_id)
    return frozenset(session.connection().execute(of_grant).scalar_one())


def look(connection: Connection, chain_id: UUID) -> Chain | None:
    """The chain as it reads now, without a lock."""
    row = connection.execute(_LOOK, {"chain_id": chain_id}).one_or_none()
    return None if row is None else Chain(Standing(*row[_OWN:]), *row[:_OWN])


def rotate(
    session: Session,
    presented: RefreshToken,
    successor: RefreshToken,
    body: bytes,
    now: datetime,
    jkt: str | None = None,
) -> bool:
    """Put `successor` in the place of `presented` and keep its answer `body` sealed; False when another use was faster.

    `jkt` is the key that the answer's access token is bound to: only who holds it may ask for the answer again.
    """
    config = settings.current()
    moved = session.connection().execute(
        _ROTATE,
        {
            "chain_id": presented.chain_id,
            "presented": presented.digest,
            "now": now,
            "new_generation": successor.generation,
            "new_current": successor.digest,
            "new_replay_box": keyring.seal_with(presented.box_key, body, _label(presented, jkt)),
            "new_replay_until": now + config.refresh_replay_window,
            "new_idle_expires_at": now + config.refresh_idle,
        },
    )
    return bool(moved.rowcount)


def keep(session: Session, presented: RefreshToken, now: datetime) -> bool:
    """Note a use of a token that does not rotate, so that its chain does not idle; False when `presented` is not the chain's, or it
    has ended."""
    used = {"chain_id": presented.chain_id, "presented": presented.digest, "now": now}
    until = now + settings.current().refresh_idle
    return bool(session.connection().execute(_KEEP, {**used, "new_idle_expires_at": until}).rowcount)


def again(session: Session, presented: RefreshToken, now: datetime, jkt: str | None = None) -> bytes | None:
    """The answer that `presented` was given, while it may be asked again; None when it may not. Each time is counted.

    Raises ValueError where it was given to another key than `jkt`.
    """
    counted = (
        update(TokenChain)
        .where(
            TokenChain.id == presented.chain_id,
            TokenChain.previous == presented.digest,
            TokenChain.replay_until >= now,
            TokenChain.ended_at.is_(None),
        )
        .values(replays=TokenChain.replays + 1)
        .returning(TokenChain.replay_box)
    )
    box = session.connection().execute(counted).scalar()
    return None if box is None else keyring.unseal_with(presented.box_key, box, _label(presented, jkt))


def end(session: Session, chain_id: UUID, reason: str, now: datetime) -> bool:
    """End a chain and its access tokens; False when it had ended before."""
    ended = update(TokenChain).where(TokenChain.id == chain_id, TokenChain.ended_at.is_(None))
    values: dict[str, Any] = {"ended_at": now, "end_reason": reason, "replay_box": None}
    if not session.connection().execute(ended.values(values)).rowcount:
        return False
    tokens.end_of_chain(session, chain_id, now)
    return True


def _label(presented: RefreshToken, jkt: str | None) -> bytes:
    return presented.chain_id.bytes + (jkt or "").encode()


_INSERT = insert(TokenChain)
_FIND = standing.locked(select(*_COLUMNS, *standing.COLUMNS), TokenChain).where(
    TokenChain.id == bindparam("chain_id", type_=Id)
)
_LOOK = standing.looked_at(select(*_COLUMNS, *standing.COLUMNS), TokenChain).where(
    TokenChain.id == bindparam("chain_id", type_=Id)
)
_KEEP = (
    update(TokenChain)
    .where(
        TokenChain.id == bindparam("chain_id"),
        TokenChain.current == bindparam("presented"),
        TokenChain.ended_at.is_(None),
        TokenChain.idle_expires_at > bindparam("now"),
        TokenChain.expires_at > bindparam("now"),
    )
    .values(idle_expires_at=bindparam("new_idle_expires_at"))
)
_ROTATE = _KEEP.values(
    generation=bindparam("new_generation"),
    previous=TokenChain.current,
    current=bindparam("new_current"),
    replay_box=bindparam("new_replay_box"),
    replay_until=bindparam("new_replay_until"),
    replays=0,
)
