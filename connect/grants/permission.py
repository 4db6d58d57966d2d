"""Who may act on a grant, checked where the act is written: by the roles the person has in that transaction (R13)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from connect.accounts.held import rights_in
from connect.accounts.roles import Right, beyond, givers, with_right
from connect.core.actor import Actor
from connect.grants.errors import RoleTooLow


def check_giving(session: Session, account_id: UUID, person_id: UUID, scopes: Iterable[str]) -> None:
    """Raise RoleTooLow, naming the scopes that the person may not give. Comes before any lock on a grant (R11)."""
    check_within(rights_in(session, person_id, account_id), scopes)


def check_within(rights: frozenset[Right], scopes: Iterable[str]) -> None:
    """Raise RoleTooLow where a person with these rights may not give all of `scopes`."""
    barred = beyond(rights, scopes)
    if barred:
        raise RoleTooLow(givers(barred), barred)


def check_right(session: Session, account_id: UUID, actor: Actor, right: Right) -> None:
    """Raise RoleTooLow where `actor` is a person without `right`. Operators and jobs hold no role of an account."""
    if actor.id is not None and right not in rights_in(session, actor.id, account_id):
        raise RoleTooLow(with_right(right))
