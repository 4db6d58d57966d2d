"""Apps, accounts and people for tests, made through the rooms' own services."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from apps_registry import services
from apps_registry.details import Asked, Registration
from apps_registry.services import Registered
from connect.accounts import passwords, people
from connect.accounts import services as account_services
from connect.core import database
from connect.core.actor import Actor

OPERATOR = Actor("operator", name="tester")
PASSWORD = "a long way home in rain"
REGISTRATION = Registration(
    name="Dialler",
    legal_developer="Dialler Private Limited",
    privacy_policy_url="https://dialler.example/privacy",
    kind="confidential",
    redirect_uris=("https://dialler.example/callback",),
    asked=(Asked("call_log:read", required=True), Asked("call_log.numbers:read", purpose="Shows who called.")),
)


def team(name: str = "Dialler team") -> UUID:
    with database.unit_of_work() as session:
        return services.add_team(session, name).id


def app(team_id: UUID, **changes: Any) -> Registered:
    """An app like REGISTRATION but for `changes`."""
    with database.unit_of_work() as session:
        return services.register(session, team_id, replace(REGISTRATION, **changes), OPERATOR)


def account(name: str = "Sharma Travels", kind: str = "customer") -> UUID:
    with database.unit_of_work() as session:
        return account_services.add_account(session, name, OPERATOR, kind=kind).id


def person(email: str, *roles: tuple[str, dict[str, Any]], name: str = "Asha Sharma", password: str = PASSWORD) -> UUID:
    """Somebody with roles, each with its place, such as ("owner", {"account_id": account_id}), and a password."""
    hashed = passwords.make_hash(password)
    with database.unit_of_work() as session:
        person_id = people.add_person(session, email, name, OPERATOR).id
        for role, place in roles:
            people.give_role(session, person_id, role, OPERATOR, **place)
        people.set_password(session, people.make_link(session, person_id), hashed, adult=True)
    return person_id
