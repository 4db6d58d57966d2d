"""What the door does when it hears of a consent: it keeps the catalogue that the customer saw."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from connect.disclosure import catalogue_store
from connect.grants.models import Grant
from connect.grants.signals import grant_changed, grant_given


def register() -> None:
    """Connect the receiver below."""
    grant_given.connect(keep_catalogue)
    grant_changed.connect(keep_catalogue)


def keep_catalogue(_grant: Grant, session: Session, **_said: Any) -> None:
    """A later version of the platform shows this grant no more than this catalogue says, so it must still be there then."""
    catalogue_store.remember(session)
