"""Who stands behind a grant: it goes on without the person who gave it; the account is asked, and what nobody confirms is paused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from connect.accounts import people
from connect.accounts.models import Person
from connect.cli.housekeeping import housekeeping
from connect.core import actor, database, mail
from connect.core import clock as core_clock
from connect.grants import backing, queries, services
from connect.grants.errors import PersonNeeded, RoleTooLow
from connect.grants.models import Grant
from connect.grants.queries import GrantView
from tests.grants.test_permission import act, give, somebody
from tests.support import world
from tests.support.blocked import Running, someone_waits_for_a_lock, until
from tests.support.clock import Clock
from tests.support.databases import postgres_only
from tests.support.entries import entries
from tests.support.world import REQUIRED, World

RESTRICTED = REQUIRED | {"recordings.audio:read"}
Heard = list[tuple[str, Any]]


def view(grant: Grant) -> GrantView:
    found = queries.one(grant.account_id, grant.id)
    assert found is not None
    return found


def events(grant: Grant) -> list[str]:
    return [version.event for version in queries.history(grant.account_id, grant.id)]


def take(there: World, person_id: UUID, role: str = "owner") -> None:
    with database.unit_of_work() as session:
        people.take_role_at(session, person_id, role, actor.operator(), account_id=there.account_id)


def close(_there: World, person_id: UUID) -> None:
    with database.unit_of_work() as session:
        people.close(session, person_id, actor.operator())


def role(there: World, person_id: UUID, name: str) -> None:
    with database.unit_of_work() as session:
        people.give_role(session, person_id, name, actor.operator(), account_id=there.account_id)


def confirm(grant: Grant, person_id: UUID) -> Grant:
    return act("confirm", grant, person_id)


def days_left(grant: GrantView) -> int:
    assert grant.confirm_by is not None
    return round((grant.confirm_by - grant.changed_at) / timedelta(days=1))


def pause_due() -> int:
    with database.unit_of_work() as session:
        return backing.run_due(session, 10)


def run_job() -> dict[str, Any]:
    """`connect housekeeping --once --json`, and what it says of this job."""
    done = CliRunner().invoke(housekeeping, ["--once", "--json"])
    assert done.exit_code == 0, done.output
    [report] = [job for job in orjson.loads(done.output)["jobs"] if job["name"] == "confirm grants"]
    assert not report["error"]
    return dict(report)


@pytest.mark.parametrize("leave", [take, close])
def test_46_when_who_gave_it_leaves_the_grant_goes_on_and_the_owners_are_asked(
    there: World, colleague: UUID, heard: Heard, leave: Callable[[World, UUID], None]
) -> None:
    grant = world.give(there)
    leave(there, there.person_id)
    asked = view(grant)
    assert asked.state == "active" and asked.version == 2
    assert asked.confirm_by is not None and days_left(asked) == 14
    assert events(grant) == ["given", "asked"] and heard[-1] == ("grant_confirmation_asked", 2)
    said = entries(grant_id=grant.id, type="grant")[-1].members
    assert (said["actor"], said["granted"]) == ("system", grant.scopes)
    assert core_clock.text(asked.confirm_by) in said["reason"]
    [letter] = mail.newest()
    assert (letter.recipient, letter.kind) == ("second@neem.example", "grant confirmation")
    assert "Neem CRM" in letter.body and "/connected-apps" in letter.body


def test_46_only_those_hear_of_it_who_may_confirm_it(there: World, colleague: UUID) -> None:
    somebody(there, "admin"), somebody(there, "member")
    give(there, there.person_id, RESTRICTED)
    take(there, there.person_id)
    assert [letter.recipient for letter in mail.newest()] == ["second@neem.example"]


def test_46_one_letter_names_all_the_apps_that_a_person_leaves_behind(there: World, colleague: UUID) -> None:
    world.give(there)
    other = world.make(name="Other Traders")
    with database.unit_of_work() as session:
        consent = there.consent(REQUIRED)
        services.give(session, type(consent)(**{**vars(consent), "app_id": other.app_id}))
    take(there, there.person_id)
    [letter] = mail.newest()
    assert letter.body.startswith("Neem CRM, Neem CRM may read")


@pytest.mark.parametrize(("scopes", "asked"), [(REQUIRED, False), (RESTRICTED, True)])
def test_46_a_lower_role_counts_only_where_it_could_not_have_given_the_grant(
    there: World, colleague: UUID, scopes: frozenset[str], asked: bool
) -> None:
    grant = give(there, there.person_id, scopes)
    role(there, there.person_id, "admin")
    take(there, there.person_id)
    assert (view(grant).confirm_by is not None) == asked


def test_46_confirming_is_one_act_of_an_owner_who_then_stands_behind_it(
    there: World, colleague: UUID, clock: Clock, heard: Heard
) -> None:
    grant = world.give(there)
    take(there, there.person_id)
    confirm(grant, colleague)
    done = view(grant)
    assert (done.backer, done.given_by, done.confirm_by) == (colleague, there.person_id, None)
    assert events(grant) == ["given", "asked", "confirmed"] and heard[-1] == ("grant_confirmed", 3)
    assert entries(grant_id=grant.id, type="grant")[-1].person_id == colleague
    clock.move(days=15)
    assert run_job()["did"] == 0
    assert confirm(grant, colleague).version == 3  # a second press changes nothing
    third = somebody(there, "owner")
    take(there, colleague)
    assert view(grant).confirm_by is not None
    confirm(grant, third)
    assert view(grant).backer == third


def test_46_whoever_may_not_give_it_may_not_confirm_it(there: World, colleague: UUID) -> None:
    grant = give(there, there.person_id, RESTRICTED)
    take(there, there.person_id)
    with pytest.raises(RoleTooLow) as refused:
        confirm(grant, somebody(there, "admin"))
    assert refused.value.scopes == {"recordings.audio:read"} and refused.value.roles == {"owner"}
    with pytest.raises(PersonNeeded), database.unit_of_work() as session:
        services.confirm(session, grant.account_id, grant.id, actor.operator())
    assert events(grant) == ["given", "asked"]


def test_46_what_nobody_confirms_is_paused_after_fourteen_days(
    there: World, colleague: UUID, clock: Clock, heard: Heard
) -> None:
    grant = world.give(there)
    take(there, there.person_id)
    clock.move(days=13)
    assert run_job()["did"] == 0 and view(grant).state == "active"
    clock.move(days=1)
    assert run_job()["did"] == 1
    assert view(grant).state == "paused" and heard[-1] == ("grant_paused", 3)
    said = entries(grant_id=grant.id, type="grant")[-1].members
    assert (said["event"], said["actor"], said["reason"]) == ("paused", "system", "nobody confirmed it in time")
    assert mail.newest()[0].subject == "Neem CRM is paused"
    assert run_job()["did"] == 0


def test_46_whoever_resumes_what_nobody_confirmed_stands_behind_it(there: World, colleague: UUID, clock: Clock) -> None:
    grant = give(there, there.person_id, RESTRICTED)
    take(there, there.person_id)
    clock.move(days=15)
    run_job()
    with pytest.raises(RoleTooLow):
        act("resume", grant, somebody(there, "admin"))
    act("resume", grant, colleague)
    assert (view(grant).state, view(grant).backer, view(grant).confirm_by) == ("active", colleague, None)
    assert events(grant) == ["given", "asked", "paused", "confirmed", "resumed"]


def test_46_a_role_that_is_given_back_answers_what_was_asked(there: World, colleague: UUID, clock: Clock) -> None:
    grant = world.give(there)
    take(there, there.person_id)
    role(there, there.person_id, "admin")
    assert view(grant).confirm_by is None and view(grant).backer == there.person_id
    clock.move(days=15)
    run_job()
    assert events(grant) == ["given", "asked", "confirmed"]


def test_46_a_further_consent_answers_it_too(there: World, colleague: UUID) -> None:
    grant = world.give(there)
    take(there, there.person_id)
    give(there, colleague, REQUIRED, version=2)
    assert view(grant).confirm_by is None and view(grant).backer == colleague


def test_46_a_role_that_runs_out_by_its_last_day_is_seen_by_the_job(
    there: World, colleague: UUID, clock: Clock
) -> None:
    person = somebody(there, "owner", until=core_clock.now() + timedelta(days=2))
    grant = give(there, person, REQUIRED)
    assert run_job()["did"] == 0
    clock.move(days=3)
    assert run_job()["did"] == 1
    assert run_job()["did"] == 0
    assert events(grant) == ["given", "asked"]


def test_46_a_role_that_runs_out_beside_a_lower_one_is_seen_by_the_job(there: World, clock: Clock) -> None:
    person = somebody(there, "owner", until=core_clock.now() + timedelta(days=2))
    role(there, person, "admin")
    grant = give(there, person, RESTRICTED)
    clock.move(days=3)
    assert run_job()["did"] == 1
    assert events(grant) == ["given", "asked"]


def test_46_somebody_who_left_before_this_was_asked_is_seen_by_the_job(there: World, colleague: UUID) -> None:
    grant = world.give(there)
    with database.unit_of_work() as session:  # as it was done before receivers.py stood
        session.scalars(select(Person).where(Person.id == there.person_id)).one().state = "closed"
    assert run_job()["did"] == 1
    assert events(grant) == ["given", "asked"]


def test_46_a_grant_that_has_ended_is_not_asked_about(there: World, colleague: UUID, clock: Clock) -> None:
    grant = world.give(there)
    act("revoke", grant, there.person_id)
    take(there, there.person_id)
    assert run_job()["did"] == 0
    assert events(grant) == ["given", "revoked"] and not mail.newest()


class TestSettings:
    @pytest.fixture
    def overrides(self) -> dict[str, Any]:
        return {"grant_confirmation_time": timedelta(days=3)}

    def test_46_how_long_it_goes_on_is_a_setting(self, there: World, colleague: UUID) -> None:
        grant = world.give(there)
        take(there, there.person_id)
        assert days_left(view(grant)) == 3


@postgres_only
def test_46_a_consent_beside_the_loss_of_the_role_is_asked_about(there: World, colleague: UUID) -> None:
    """The removal waits for the consent that stands on the role, and then sees the grant it made."""
    with database.unit_of_work() as session:
        grant = services.give(session, there.consent(REQUIRED))
        removal = Running(lambda: take(there, there.person_id))
        until(someone_waits_for_a_lock)
    removal.result()
    assert events(grant) == ["given", "asked"]


@postgres_only
def test_46_a_confirmation_beside_the_job_keeps_the_grant_active(there: World, colleague: UUID, clock: Clock) -> None:
    grant = world.give(there)
    take(there, there.person_id)
    clock.move(days=15)
    with database.unit_of_work() as session:
        services.confirm(session, grant.account_id, grant.id, actor.person(colleague))
        assert Running(pause_due).result() == 0  # it passes over what somebody holds
    assert pause_due() == 0
    assert view(grant).state == "active"
