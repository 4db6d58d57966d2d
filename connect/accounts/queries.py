"""What pages and commands read of accounts and people, as frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Select, select

from apps_registry.models import DeveloperTeam
from connect.accounts.errors import NotFound
from connect.accounts.models import Account, Membership, Person
from connect.accounts.person import Seat
from connect.core import database


@dataclass(frozen=True)
class AccountLine:
    """An account in a list."""

    id: UUID
    name: str
    kind: str
    state: str
    timezone: str
    region: str
    created_at: datetime


@dataclass(frozen=True)
class PersonLine:
    """A person in a list, with their roles; `has_password`: they have used their first link."""

    id: UUID
    email: str
    name: str
    state: str
    has_password: bool
    seats: tuple[Seat, ...]


def account(account_id: UUID) -> AccountLine:
    """One account. Raises NotFound."""
    found = _accounts(select(*_ACCOUNT).where(Account.id == account_id))
    if not found:
        raise NotFound("account", _("There is no such account."))
    return found[0]


def accounts(account_ids: Iterable[UUID] | None = None, limit: int = 1000) -> Sequence[AccountLine]:
    """Accounts by name: the given ones, or all."""
    query = select(*_ACCOUNT).order_by(Account.name, Account.id).limit(limit)
    return _accounts(query if account_ids is None else query.where(Account.id.in_(list(account_ids))))


def people(
    *, account_id: UUID | None = None, team_id: UUID | None = None, staff: bool = False, limit: int = 1000
) -> Sequence[PersonLine]:
    """People by e-mail address: those with a role in an account, in a team, with the staff, or all. Two statements."""
    who = select(*_PERSON).order_by(Person.email).limit(limit)
    if account_id or team_id or staff:
        held = select(Membership.person_id).where(
            Membership.account_id.is_not_distinct_from(account_id), Membership.team_id.is_not_distinct_from(team_id)
        )
        who = who.where(Person.id.in_(held))
    with database.read() as connection:
        rows = connection.execute(who).all()
        seats = _grouped(connection.execute(_seats([row.id for row in rows])))
    return [PersonLine(**row._mapping, seats=tuple(seats.get(row.id, ()))) for row in rows]


def names(person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of people, for pages that show who did something."""
    with database.read() as connection:
        rows = connection.execute(select(Person.id, Person.name).where(Person.id.in_(set(person_ids))))
        return {row.id: row.name for row in rows}


_ACCOUNT = [getattr(Account, name) for name in AccountLine.__dataclass_fields__]
_PERSON = (
    Person.id, Person.email, Person.name, Person.state, Person.password_hash.is_not(None).label("has_password"),
)  # fmt: skip


def _accounts(query: Any) -> Sequence[AccountLine]:
    with database.read() as connection:
        return [AccountLine(**row._mapping) for row in connection.execute(query)]


def _seats(person_ids: list[UUID]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Membership.person_id, Membership.id, Membership.role, Membership.account_id, Membership.team_id, Membership.until,
            Account.name.label("account_name"), DeveloperTeam.name.label("team_name"),
        )
        .outerjoin(Account, Account.id == Membership.account_id)
        .outerjoin(DeveloperTeam, DeveloperTeam.id == Membership.team_id)
        .where(Membership.person_id.in_(person_ids))
        .order_by(Membership.id)
    )  # fmt: skip


def _grouped(rows: Iterable[Any]) -> dict[UUID, list[Seat]]:
    grouped: dict[UUID, list[Seat]] = {}
    for row in rows:
        place = row.account_name or row.team_name or ""
        grouped.setdefault(row.person_id, []).append(
            Seat(row.id, row.role, row.account_id, row.team_id, place, row.until)
        )
    return grouped
