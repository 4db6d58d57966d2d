"""The team and the apps of the signed-in developer; what belongs to another team does not exist for them."""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext as _

from apps_registry import queries
from apps_registry.errors import NoSuchApp
from apps_registry.queries import AppPage
from connect.accounts.guards import person
from connect.accounts.person import Seat
from connect.accounts.roles import Right
from connect.core import ids
from connect.core.problems import Problem


def team() -> Seat:
    """The team the developer works in: the one they joined first."""
    return next(seat for seat in person().seats if Right.MANAGE_APPS in seat.rights)


def team_ids() -> list[UUID]:
    """Every team whose apps the developer may manage."""
    return [seat.team_id for seat in person().seats if seat.team_id and Right.MANAGE_APPS in seat.rights]


def app(text: str) -> AppPage:
    """The app in the address, if it is one of the developer's. Raises Problem not-found."""
    try:
        found = queries.app_page(ids.decode("app", text))
    except (ValueError, NoSuchApp):
        found = None
    if found is None or found.team_id is None or not person().may(Right.MANAGE_APPS, team_id=found.team_id):
        raise Problem("not-found", _("Your team has no such app."))
    return found
