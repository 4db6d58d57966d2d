"""`connect people`: who may sign in, and as what."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from apps_registry import queries as registry
from connect.accounts import people as service
from connect.accounts import queries
from connect.accounts.errors import NotFound
from connect.accounts.models import Person
from connect.accounts.person import Seat
from connect.accounts.queries import PersonLine
from connect.accounts.roles import ROLES
from connect.cli.output import json_option, show, show_one
from connect.cli.parameters import Day, account_option
from connect.cli.refusals import Refusals
from connect.core import actor, clock, database, ids, settings

_role = click.Choice(list(ROLES))
team_option = click.option("--team", help="Name of the developer team.")
staff_option = click.option("--staff", is_flag=True, help="With the vendor's staff.")


@click.group(cls=Refusals)
def people() -> None:
    """Who may sign in, and as what."""


@people.command()
@click.argument("email")
@click.option("--name", help="Their name; needed for somebody new.")
@click.option("--role", type=_role, required=True, help="What they are there.")
@account_option
@team_option
@staff_option
@click.option("--until", type=Day(), help="Last day of an examiner.")
@json_option
def add(
    email: str,
    name: str | None,
    role: str,
    account_id: UUID | None,
    team: str | None,
    staff: bool,
    until: datetime | None,
    as_json: bool,
) -> None:
    """Give EMAIL a role; for somebody without a password, print a one-time link to set one."""
    _check_place(account_id, team, staff)
    team_id = registry.team_id(team) if team else None
    with database.unit_of_work() as session:
        person = service.by_email(session, email) or service.add_person(session, email, name or "", actor.operator())
        service.give_role(
            session, person.id, role, actor.operator(), account_id=account_id, team_id=team_id, until=until
        )
        link = None if person.password_hash else _link(session, person)
    given = {
        "role": role,
        "account_id": ids.encode("acc", account_id) if account_id else None,
        "team": team,
        "until": until,
    }
    show_one({**_who(person), **given, **(link or _NO_LINK)}, as_json=as_json)


@people.command("link")
@click.argument("email")
@json_option
def new_link(email: str, as_json: bool) -> None:
    """Print a one-time link with which EMAIL can set a new password; one printed before ends."""
    with database.unit_of_work() as session:
        person = _known(session, email)
        link = _link(session, person)
    show_one({**_who(person), **link}, as_json=as_json)


@people.command("list")
@account_option
@team_option
@staff_option
@json_option
def list_people(account_id: UUID | None, team: str | None, staff: bool, as_json: bool) -> None:
    """List people with their roles: all, or those of one place."""
    team_id = registry.team_id(team) if team else None
    lines = queries.people(account_id=account_id, team_id=team_id, staff=staff)
    show([_line(line) for line in lines], as_json=as_json, name="people")


@people.command()
@click.argument("email")
@click.option("--role", type=_role, help="Take this role alone; without it the person can no longer sign in.")
@account_option
@team_option
@staff_option
@json_option
def remove(email: str, role: str | None, account_id: UUID | None, team: str | None, staff: bool, as_json: bool) -> None:
    """Take a role from EMAIL, or, without --role, everything: sessions end at once and the person cannot sign in.

    Apps that they allowed for an account go on; those who may allow such apps there are asked to confirm them.
    """
    team_id = registry.team_id(team) if team else None
    if role:
        _check_place(account_id, team, staff)
    with database.unit_of_work() as session:
        person = _known(session, email)
        if role:
            service.take_role_at(session, person.id, role, actor.operator(), account_id=account_id, team_id=team_id)
        else:
            service.close(session, person.id, actor.operator())
    show_one({**_who(person), "state": person.state, "role": role}, as_json=as_json)


_NO_LINK: dict[str, Any] = {"link": None, "link_expires_at": None}


def _check_place(account_id: UUID | None, team: str | None, staff: bool) -> None:
    if sum((account_id is not None, team is not None, staff)) != 1:
        raise click.UsageError("Say where the role is held: one of --account, --team, --staff.")


def _known(session: Session, email: str) -> Person:
    person = service.by_email(session, email)
    if person is None:
        raise NotFound("email", "There is nobody with this e-mail address.")
    return person


def _link(session: Session, person: Person) -> dict[str, Any]:
    token = service.make_link(session, person.id)
    return {"link": service.link_address(token), "link_expires_at": clock.now() + settings.current().one_time_link}


def _who(person: Person) -> dict[str, Any]:
    return {"id": ids.encode("psn", person.id), "email": person.email, "name": person.name}


def _line(line: PersonLine) -> dict[str, Any]:
    return {
        "id": ids.encode("psn", line.id),
        "email": line.email,
        "name": line.name,
        "state": line.state,
        "has_password": line.has_password,
        "roles": [_seat(seat) for seat in line.seats],
    }


def _seat(seat: Seat) -> dict[str, Any]:
    return {
        "role": seat.role,
        "account_id": ids.encode("acc", seat.account_id) if seat.account_id else None,
        "team": seat.place_name if seat.team_id else None,
        "until": seat.until,
    }
