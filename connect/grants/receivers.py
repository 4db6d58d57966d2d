"""What the grants room does when somebody's roles change: it looks again at what they stand behind (backing.py)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from connect.accounts.models import Membership, Person
from connect.accounts.signals import person_closed, role_given, role_taken
from connect.grants import backing


def register() -> None:
    """Connect the receivers below; doing it twice changes nothing."""
    role_taken.connect(review_after_a_role)
    role_given.connect(review_after_a_role)
    person_closed.connect(review_after_leaving)


def review_after_a_role(person: Person, session: Session, membership: Membership, **_said: Any) -> None:
    """A role was taken or given; only one of an account lets anybody give anything."""
    if membership.account_id is not None:
        backing.review(session, membership.account_id, person.id)


def review_after_leaving(person: Person, session: Session, **_said: Any) -> None:
    """Somebody can no longer sign in."""
    backing.review_everywhere(session, person.id)
