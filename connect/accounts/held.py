"""What a person may do in an account as it stands now: read in the transaction that acts on it, never taken from the page's session.
And who has a role somewhere, for letters to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from connect.accounts.models import Account, Membership, Person
from connect.accounts.roles import ROLES, Right
from connect.core import clock


def in_force() -> ColumnElement[bool]:
    """The condition on Membership that the role is held now: without a last day, or before it."""
    return or_(Membership.until.is_(None), Membership.until > clock.now())


def rights_in(session: Session, person_id: UUID, account_id: UUID) -> frozenset[Right]:
    """Everything the person may do in the account; nothing once they were closed, or the account was.

    On PostgreSQL the person and their roles are taken FOR SHARE until the transaction ends: whoever takes a role away waits for it,
    or is waited for and seen. They are the first lock of all (R11). On SQLite writers are serial anyway.
    """
    held = (
        select(Membership.role)
        .join(Person, Person.id == Membership.person_id)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.person_id == person_id,
            Membership.account_id == account_id,
            in_force(),
            Person.state == "active",
            Account.state == "active",
        )
        .with_for_update(read=True, of=(Person, Membership))
    )
    return frozenset(right for role in session.scalars(held) for right in ROLES[role].rights)


def addresses(session: Session, place: ColumnElement[bool], roles: Iterable[str]) -> list[str]:
    """E-mail addresses of those who hold one of `roles` now where the condition `place` on Membership says."""
    people = select(Person.email).join(Membership, Membership.person_id == Person.id)
    chosen = people.where(place, Membership.role.in_(roles), in_force(), Person.state == "active").distinct()
    return list(session.scalars(chosen.order_by(Person.email)))
