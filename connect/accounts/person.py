"""The signed-in person as views see them (`g.person`): a frozen value with their roles, never a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from connect.accounts.roles import ROLES, Place, Right


@dataclass(frozen=True)
class Seat:
    """A role held somewhere: `account_id` or `team_id` with its `place_name`, neither for the vendor's staff."""

    id: UUID
    role: str
    account_id: UUID | None
    team_id: UUID | None
    place_name: str
    until: datetime | None

    @property
    def rights(self) -> frozenset[Right]:
        return ROLES[self.role].rights

    @property
    def place(self) -> Place:
        return ROLES[self.role].place


@dataclass(frozen=True)
class CurrentPerson:
    """Who is signed in, in which session, working in which account (`account_id`, None before they chose or where they have none)."""

    id: UUID
    email: str
    name: str
    session_id: UUID
    account_id: UUID | None
    authenticated_at: datetime
    last_seen_at: datetime
    seats: tuple[Seat, ...]

    def may(self, right: Right, *, account_id: UUID | None = None, team_id: UUID | None = None) -> bool:
        """Whether the person has `right`: in that account or team where one is named, else anywhere."""
        return any(
            right in seat.rights
            and (account_id is None or seat.account_id == account_id)
            and (team_id is None or seat.team_id == team_id)
            for seat in self.seats
        )

    def rights_in(self, account_id: UUID) -> frozenset[Right]:
        """Everything the person may do in an account."""
        return frozenset(right for seat in self.seats if seat.account_id == account_id for right in seat.rights)

    def roles_in(self, account_id: UUID) -> str:
        """Their roles in an account, in words."""
        return ", ".join(str(ROLES[seat.role].words) for seat in self.seats if seat.account_id == account_id)

    def accounts(self, right: Right | None = None) -> dict[UUID, str]:
        """The accounts the person has a role in (one that carries `right`), with their names, in the order of the names."""
        found = {
            seat.account_id: seat.place_name
            for seat in self.seats
            if seat.account_id and (right is None or right in seat.rights)
        }
        return dict(sorted(found.items(), key=lambda item: (item[1].lower(), item[0])))

    @property
    def account_name(self) -> str:
        """The name of the account they work in, empty without one."""
        return self.accounts().get(self.account_id, "") if self.account_id else ""

    @property
    def team_ids(self) -> tuple[UUID, ...]:
        """The developer teams they belong to, oldest membership first."""
        return tuple(dict.fromkeys(seat.team_id for seat in self.seats if seat.team_id))

    @property
    def is_staff(self) -> bool:
        return any(seat.place is Place.STAFF for seat in self.seats)
