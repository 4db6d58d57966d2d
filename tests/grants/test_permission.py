"""Who may give, refuse, narrow, pause, resume and end a grant: by the roles a person has when the act is written, on no page's word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from connect.accounts import people
from connect.accounts.roles import ROLES, Place
from connect.core import actor, database, ids
from connect.core import clock as core_clock
from connect.grants import queries, services
from connect.grants.errors import RoleTooLow
from connect.grants.models import Grant
from connect.grants.services import Consent
from connect.scopes.scopes import OFFLINE_ACCESS, SCOPES, Tier
from connect.scopes.terms import Terms
from tests.support import world
from tests.support.blocked import Running, someone_waits_for_a_lock, until
from tests.support.clock import Clock
from tests.support.databases import postgres_only
from tests.support.entries import entries
from tests.support.world import REQUIRED, World

HIGHEST = {"owner": Tier.T3, "admin": Tier.T2}  # R13, said here once more on purpose
LINE = ids.encode("num", UUID(int=1))
CHANGES = ("narrow", "pause", "resume", "revoke")


def somebody(there: World, *roles: str, account_id: UUID | None = None, **more: Any) -> UUID:
    """A person with these roles, in the account or with the staff, as each is held."""
    with database.unit_of_work() as session:
        person = people.add_person(session, f"{'-'.join(roles) or 'nobody'}@neem.example", "Vivan Das", actor.SYSTEM)
        for role in roles:
            place = {"account_id": account_id or there.account_id} if ROLES[role].place is Place.ACCOUNT else {}
            until = core_clock.now() + timedelta(days=9) if ROLES[role].dated else None
            people.give_role(session, person.id, role, actor.SYSTEM, **{"until": until, **place, **more})
        return person.id


def consent(there: World, person_id: UUID, scopes: frozenset[str], version: int = 0) -> Consent:
    terms = {"numbers": (LINE,), "expires_at": core_clock.now() + timedelta(days=30)}
    return replace(there.consent(scopes, version, **terms), person_id=person_id)


def give(there: World, person_id: UUID, scopes: frozenset[str], version: int = 0) -> Grant:
    with database.unit_of_work() as session:
        return services.give(session, consent(there, person_id, scopes, version))


def change(session: Session, name: str, grant: Grant, person_id: UUID) -> Grant:
    """Narrow, pause, resume or revoke `grant` as that person."""
    terms = replace(Terms.from_json(grant.terms), daily_records=5)
    less = (frozenset(grant.scopes), terms) if name == "narrow" else ()
    done: Grant = getattr(services, name)(session, grant.account_id, grant.id, actor.person(person_id), *less)
    return done


def act(name: str, grant: Grant, person_id: UUID) -> Grant:
    with database.unit_of_work() as session:
        return change(session, name, grant, person_id)


def of_tier(tier: Tier) -> frozenset[str]:
    return frozenset(name for name, scope in SCOPES.items() if scope.tier is tier)


def nothing_was_written(there: World) -> bool:
    return not entries(account_id=there.account_id, type="grant") and not queries.listing(account_id=there.account_id)


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize(
    "role", [role for role in ROLES.values() if role.place is not Place.TEAM], ids=lambda role: role.name
)
def test_a_role_gives_scopes_up_to_its_tier_and_is_told_which_go_beyond(there: World, role: Any, tier: Tier) -> None:
    person, scopes = somebody(there, role.name), of_tier(tier)
    if tier <= HIGHEST.get(role.name, ""):
        assert set(give(there, person, scopes).scopes) == scopes
        return
    with pytest.raises(RoleTooLow) as refused:
        give(there, person, scopes | {"account:read"})
    assert refused.value.scopes == (scopes if role.name == "admin" else scopes | {"account:read"})
    assert refused.value.roles == ({"owner"} if tier is Tier.T3 else {"owner", "admin"})
    assert nothing_was_written(there)


def test_lasting_access_takes_what_any_consent_takes(there: World) -> None:
    assert OFFLINE_ACCESS in give(there, somebody(there, "admin"), REQUIRED | {OFFLINE_ACCESS}).scopes
    with pytest.raises(RoleTooLow) as refused:
        give(there, somebody(there, "member"), REQUIRED | {OFFLINE_ACCESS}, version=1)
    assert OFFLINE_ACCESS in refused.value.scopes


def test_the_roles_of_a_person_add_up(there: World) -> None:
    assert give(there, somebody(there, "account_auditor", "admin"), REQUIRED).version == 1


def test_a_role_in_another_account_gives_nothing_here(there: World) -> None:
    other = world.make(name="Other Traders")
    with pytest.raises(RoleTooLow):
        give(there, other.person_id, REQUIRED)
    assert nothing_was_written(there)


def test_a_role_past_its_last_day_gives_nothing(there: World, clock: Clock) -> None:
    person = somebody(there, "owner", until=core_clock.now() + timedelta(days=2))
    assert give(there, person, REQUIRED).version == 1
    clock.move(days=2)
    with pytest.raises(RoleTooLow):
        give(there, person, REQUIRED, version=1)


def test_a_person_who_was_closed_gives_nothing(there: World) -> None:
    person = somebody(there, "owner")
    with database.unit_of_work() as session:
        people.close(session, person, actor.SYSTEM)
    with pytest.raises(RoleTooLow):
        give(there, person, REQUIRED)


@pytest.mark.parametrize("role", [role.name for role in ROLES.values() if role.place is Place.ACCOUNT])
def test_to_decline_takes_a_role_that_may_ask(there: World, role: str) -> None:
    person = somebody(there, role)

    def refuse() -> None:
        with database.unit_of_work() as session:
            services.refuse(session, there.account_id, there.app_id, person, REQUIRED)

    if role in {"owner", "admin", "member"}:
        refuse()
        assert [entry.members["event"] for entry in entries(account_id=there.account_id, type="grant")] == ["denied"]
        return
    with pytest.raises(RoleTooLow) as refused:
        refuse()
    assert refused.value.roles == {"owner", "admin", "member"} and nothing_was_written(there)


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("role", ["admin", "member", "viewer", "account_auditor", "examiner", "operator"])
def test_to_change_a_grant_takes_an_owner_or_admin_whoever_gave_it(there: World, role: str, name: str) -> None:
    grant, person = world.give(there), somebody(there, role)
    if name == "resume":
        act("pause", grant, there.person_id)
    before = queries.history(there.account_id, grant.id)
    if role == "admin":
        assert act(name, grant, person).version == len(before) + 1
        return
    with pytest.raises(RoleTooLow) as refused:
        act(name, grant, person)
    assert refused.value.roles == {"owner", "admin"} and not refused.value.scopes
    assert queries.history(there.account_id, grant.id) == before


def give_more(session: Session, there: World, person_id: UUID) -> None:
    services.give(session, consent(there, person_id, REQUIRED | {"contacts:read"}, version=1))


def pause(session: Session, there: World, person_id: UUID) -> None:
    grant = queries.live_of_app(there.account_id, there.app_id)
    assert grant is not None
    services.pause(session, there.account_id, grant.id, actor.person(person_id))


def take_the_role(session: Session, there: World, person_id: UUID) -> None:
    people.take_role_at(session, person_id, "owner", actor.SYSTEM, account_id=there.account_id)


def close_the_person(session: Session, _there: World, person_id: UUID) -> None:
    people.close(session, person_id, actor.SYSTEM)


def done(what: Any, there: World, person_id: UUID) -> None:
    with database.unit_of_work() as session:
        what(session, there, person_id)


@postgres_only
@pytest.mark.parametrize("end", [take_the_role, close_the_person])
@pytest.mark.parametrize("acting", [give_more, pause])
def test_an_act_waits_for_a_role_that_is_being_taken_away_and_then_finds_none(
    there: World, colleague: UUID, acting: Any, end: Any
) -> None:
    grant = world.give(there)
    with database.unit_of_work() as session:
        end(session, there, colleague)
        running = Running(lambda: done(acting, there, colleague))
        until(someone_waits_for_a_lock)
        assert not running.is_over
    with pytest.raises(RoleTooLow):
        running.result()
    assert len(queries.history(there.account_id, grant.id)) == 1


@postgres_only
@pytest.mark.parametrize("end", [take_the_role, close_the_person])
@pytest.mark.parametrize(
    ("acting", "events"), [(give_more, ["given", "changed", "asked"]), (pause, ["given", "paused"])]
)
def test_who_takes_a_role_away_waits_for_an_act_that_stands_on_it(
    there: World, colleague: UUID, acting: Any, events: list[str], end: Any
) -> None:
    grant = world.give(there)
    with database.unit_of_work() as session:
        acting(session, there, colleague)
        ending = Running(lambda: done(end, there, colleague))
        until(someone_waits_for_a_lock)
        assert not ending.is_over
    ending.result()
    assert [version.event for version in queries.history(there.account_id, grant.id)] == events  # and sees what it made
    with pytest.raises(RoleTooLow):
        act("revoke", grant, colleague)
