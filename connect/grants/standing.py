"""When a grant stands, said in one place: in SQL for rows that are not read yet, in Python for one that is.

Live: it has not ended, so it is active or paused and its time is not over; its tokens refresh, and a new consent is its next version.
Standing: data may leave under it. It is live and not paused, its app is open to its account, and the account is active.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_

from apps_registry.clients import open_to
from apps_registry.models import App
from connect.accounts.models import Account
from connect.grants.models import LIVE, Grant

Moment = datetime | BindParameter[datetime]

NOT_ENDED = Grant.state.in_(LIVE)


def state_at(state: str, expires_at: datetime, now: datetime) -> str:
    """The state with time taken into account: a grant whose end has passed is expired before the job writes it down."""
    return "expired" if state in LIVE and expires_at <= now else state


def live(now: Moment) -> ColumnElement[bool]:
    """The condition on Grant that it is live at `now`."""
    return and_(NOT_ENDED, Grant.expires_at > now)


def only(statement: Select[*tuple[Any, ...]], now: Moment, *, held: bool = False) -> Select[*tuple[Any, ...]]:
    """`statement`, which has Grant among its tables, joined to App and Account and kept to grants that stand at `now`.

    `held`: on PostgreSQL what they stand on is taken FOR SHARE until the transaction ends, the app before the grant, so that whoever
    ends it waits for this transaction, and this statement for whoever was first. On SQLite writers are serial anyway.
    """
    kept = (
        statement.join(App, App.id == Grant.app_id)
        .join(Account, Account.id == Grant.account_id)
        .where(
            Grant.state == "active",
            Grant.expires_at > now,
            open_to(Account.id, Account.kind, held=held),
            Account.state == "active",
        )
    )
    return kept.with_for_update(read=True, of=(App, Grant)) if held else kept
