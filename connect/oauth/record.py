"""What becomes of tokens, written into the ledger in the transaction that does it: issued, refreshed, replayed, ended and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from connect.core import clock, ids, keyring
from connect.ledger import entries, services
from connect.oauth.incoming import OAuthRequest
from connect.oauth.tokens import HANDLE, Basis, Issued

CHAIN = "chain"  # prefix of a chain's public handle


def issued(
    request: OAuthRequest, event: str, token: Issued, basis: Basis, names: Iterable[str], generation: int | None = None
) -> None:
    """An access token was `issued` or `refreshed`; `generation` is the place of the refresh token that came with it."""
    _append(
        request.session,
        event=event,
        kind="access",
        token_ref=token.handle,
        app_id=basis.app_id,
        account_id=basis.account_id,
        grant_id=basis.grant_id,
        grant_version=basis.grant_version,
        person_id=basis.person_id,
        chain=_chain(basis.chain_id),
        generation=generation,
        scopes=sorted(names),
        expires_at=clock.text(token.expires_at),
        client_auth=request.auth_method,
        request_id=request.request_id or None,
        address_digest=keyring.mac("ledger-address", request.address.encode()).hex() if request.address else None,
    )


def replayed(session: Session, basis: Basis, generation: int, times: int) -> None:
    """The answer of one refresh was asked for `times` more; written once, when it can be asked for no longer."""
    _append(
        session,
        event="replayed",
        kind="refresh",
        token_ref=str(_chain(basis.chain_id)),
        app_id=basis.app_id,
        account_id=basis.account_id,
        grant_id=basis.grant_id,
        chain=_chain(basis.chain_id),
        generation=generation,
        reason=f"asked again {times} times",
    )


def chain_ended(
    session: Session, basis: Basis, reason: str, actor: str = "system", request_id: str | None = None
) -> None:
    """A chain ended, and with it its access tokens."""
    _append(
        session,
        event="ended",
        kind="refresh",
        token_ref=str(_chain(basis.chain_id)),
        app_id=basis.app_id,
        account_id=basis.account_id,
        grant_id=basis.grant_id,
        chain=_chain(basis.chain_id),
        reason=reason,
        actor=actor,
        request_id=request_id,
    )


def token_ended(session: Session, token: Any, reason: str, actor: str, request_id: str | None = None) -> None:
    """One access token ended before its time."""
    _append(
        session,
        event="ended",
        kind="access",
        token_ref=ids.encode(HANDLE, token.id),
        app_id=token.app_id,
        account_id=token.account_id,
        grant_id=token.grant_id,
        chain=_chain(token.chain_id),
        reason=reason,
        actor=actor,
        request_id=request_id,
    )


def _chain(chain_id: UUID | None) -> str | None:
    return None if chain_id is None else ids.encode(CHAIN, chain_id)


def _append(session: Session, **members: Any) -> None:
    services.append(session, entries.token(**members))
