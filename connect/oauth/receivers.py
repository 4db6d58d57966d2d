"""What the authorization server does when it hears of a grant's end."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from connect.grants.models import Grant
from connect.grants.signals import grant_expired, grant_revoked
from connect.oauth import services


def register() -> None:
    """Connect the receivers below."""
    grant_revoked.connect(end_tokens_of_revoked)
    grant_expired.connect(end_tokens_of_expired)


def end_tokens_of_revoked(grant: Grant, session: Session, **_said: Any) -> None:
    """The protector refuses them by the grant's row already; this ends their rows too, and says so in the ledger."""
    services.end_of_grant(session, grant.account_id, grant.id, "grant revoked")


def end_tokens_of_expired(grant: Grant, session: Session, **_said: Any) -> None:
    """As for a revoked grant."""
    services.end_of_grant(session, grant.account_id, grant.id, "grant expired")
