"""What codes, refresh tokens and access tokens stand on: the app, the account, the grant. Asked anew at each use, never remembered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_

from apps_registry import lifecycle
from apps_registry.models import App
from connect.accounts.models import Account
from connect.grants.models import LIVE, Grant
from connect.grants.standing import state_at

COLUMNS: tuple[Any, ...] = (
    App.client_id, App.state.label("app_state"), App.state_reason.label("app_reason"), Account.state.label("account_state"),
    Grant.state.label("grant_state"), Grant.version.label("grant_version"), Grant.scopes.label("grant_scopes"),
    Grant.terms.label("grant_terms"), Grant.expires_at.label("grant_expires_at"), Grant.ended_at.label("grant_ended_at"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class End:
    """Why something no longer works: a slug of core.problems, and a sentence that names the day."""

    slug: str
    words: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The values of COLUMNS. Those of account and grant are None for what stands for the app alone."""

    client_id: str
    app_state: str
    app_reason: str
    account_state: str | None
    grant_state: str | None
    grant_version: int | None
    grant_scopes: list[str] | None
    grant_terms: dict[str, Any] | None
    grant_expires_at: datetime | None
    grant_ended_at: datetime | None

    def end(self, now: datetime) -> End | None:
        """The first of app, account and grant that no longer stands at `now`; None when all do. A paused grant stands."""
        if self.app_state in lifecycle.CLOSED:
            said = f": {self.app_reason}" if self.app_reason else "."
            return End("app-suspended", f"The app is {self.app_state}{said}")
        if self.grant_state is None:
            return None
        if self.account_state != "active":
            return End("grant-ended", "The customer's account is closed.")
        return self._end_of_grant(now)

    def _end_of_grant(self, now: datetime) -> End | None:
        assert self.grant_state is not None and self.grant_expires_at is not None
        if state_at(self.grant_state, self.grant_expires_at, now) in LIVE:
            return None
        if self.grant_state in LIVE:
            said = f"expired on {self.grant_expires_at:%Y-%m-%d}; the customer can renew it."
        else:
            day = f"{self.grant_ended_at:%Y-%m-%d}" if self.grant_ended_at else "an earlier day"
            said = f"was {_WORDS.get(self.grant_state, 'ended')} on {day}."
        return End("grant-ended", f"The grant {said}")


_WORDS = {
    "revoked": "revoked",
    "expired": "ended by its expiry",
    "lapsed": "ended because it was not used",
}


def locked(statement: Select[*tuple[Any, ...]], source: Any) -> Select[*tuple[Any, ...]]:
    """`statement` over `source` (a model with app_id, account_id, grant_id), joined to what it stands on.

    On PostgreSQL app and grant are taken FOR SHARE, in that order: a revocation that comes at the same moment either waits for this
    transaction, or is seen by it.
    """
    joined = (
        statement.select_from(App)
        .join(source, source.app_id == App.id)
        .join(Account, Account.id == source.account_id)
        .join(Grant, and_(Grant.account_id == source.account_id, Grant.id == source.grant_id))
    )
    return joined.with_for_update(read=True, of=(App, Grant))


def looked_at(statement: Select[*tuple[Any, ...]], source: Any) -> Select[*tuple[Any, ...]]:
    """As `locked`, for reads: no lock, and what stands for the app alone is found too."""
    return (
        statement.select_from(source)
        .join(App, App.id == source.app_id)
        .outerjoin(Account, Account.id == source.account_id)
        .outerjoin(Grant, and_(Grant.account_id == source.account_id, Grant.id == source.grant_id))
    )
