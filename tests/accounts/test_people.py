"""People, roles, accounts and their sessions, as services."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from connect.accounts import people, queries, services, sessions
from connect.accounts.errors import AccountsError, InvalidPerson, InvalidRole, NotFound
from connect.accounts.models import Membership, SignInSession
from connect.core import clock as core_clock
from tests.support import registry
from tests.support.clock import Clock
from tests.support.registry import OPERATOR
from tests.support.threads import together


@pytest.fixture
def person(database: ModuleType) -> UUID:
    with database.unit_of_work() as session:
        return people.add_person(session, " Asha@Sharma.example ", "  Asha   Sharma ", OPERATOR).id


def give(database: ModuleType, person_id: UUID, role: str, **place: Any) -> Membership:
    with database.unit_of_work() as session:
        return people.give_role(session, person_id, role, OPERATOR, **place)


def test_an_e_mail_address_is_kept_in_lower_case_and_a_name_without_stray_spaces(person: UUID) -> None:
    (line,) = queries.people()
    assert (line.email, line.name, line.has_password) == ("asha@sharma.example", "Asha Sharma", False)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "asha",
        "asha@",
        "@sharma.example",
        "a b@sharma.example",
        "asha@sharma",
        "a@b@c.example",
        "a" * 65 + "@b.example",
    ],
)
def test_what_is_no_e_mail_address_is_refused(database: ModuleType, email: str) -> None:
    with pytest.raises(InvalidPerson), database.unit_of_work() as session:
        people.add_person(session, email, "Asha", OPERATOR)


def test_an_e_mail_address_belongs_to_one_person(database: ModuleType, person: UUID) -> None:
    with pytest.raises(InvalidPerson, match="already"), database.unit_of_work() as session:
        people.add_person(session, "ASHA@sharma.example", "Another", OPERATOR)


@pytest.mark.parametrize("name", ["", "   ", "a" * 201])
def test_a_person_has_a_name(database: ModuleType, name: str) -> None:
    with pytest.raises(InvalidPerson), database.unit_of_work() as session:
        people.add_person(session, "new@sharma.example", name, OPERATOR)


def test_a_role_is_held_where_the_table_says(database: ModuleType, person: UUID) -> None:
    account, team = registry.account(), registry.team()
    for role, place in [
        ("owner", {}),
        ("owner", {"team_id": team}),
        ("developer", {"account_id": account}),
        ("reviewer", {"account_id": account}),
    ]:
        with pytest.raises(InvalidRole, match="is held with"):
            give(database, person, role, **place)
    with pytest.raises(InvalidRole, match="Choose one of"):
        give(database, person, "emperor")
    assert queries.people()[0].seats == ()


def test_an_examiner_needs_a_last_day_that_is_to_come(database: ModuleType, person: UUID) -> None:
    account = registry.account()
    for until in (None, core_clock.now() - timedelta(seconds=1)):
        with pytest.raises(InvalidRole, match="last day"):
            give(database, person, "examiner", account_id=account, until=until)
    assert give(database, person, "examiner", account_id=account, until=core_clock.now() + timedelta(days=1)).until


def test_a_role_is_given_in_an_account_or_team_that_exists_to_a_person_that_exists(
    database: ModuleType, person: UUID
) -> None:
    with pytest.raises(NotFound):
        give(database, person, "owner", account_id=uuid4())
    with pytest.raises(NotFound):
        give(database, person, "developer", team_id=uuid4())
    with pytest.raises(NotFound):
        give(database, uuid4(), "reviewer")


def test_a_role_given_twice_is_held_once(database: ModuleType, person: UUID) -> None:
    account = registry.account()
    assert (
        give(database, person, "admin", account_id=account).id == give(database, person, "admin", account_id=account).id
    )
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(Membership)) == 1


def test_a_role_that_is_not_held_cannot_be_taken(database: ModuleType, person: UUID) -> None:
    with pytest.raises(NotFound), database.unit_of_work() as session:
        people.take_role_at(session, person, "reviewer", OPERATOR)
    with pytest.raises(NotFound), database.unit_of_work() as session:
        people.take_role(session, uuid4(), OPERATOR)


def test_people_are_listed_by_place(database: ModuleType) -> None:
    account, team = registry.account(), registry.team()
    registry.person("a@x.example", ("owner", {"account_id": account}))
    registry.person("b@x.example", ("developer", {"team_id": team}))
    registry.person("c@x.example", ("reviewer", {}), ("viewer", {"account_id": account}))
    emails = lambda **place: [line.email for line in queries.people(**place)]  # noqa: E731
    assert emails() == ["a@x.example", "b@x.example", "c@x.example"]
    assert emails(account_id=account) == ["a@x.example", "c@x.example"]
    assert emails(team_id=team) == ["b@x.example"]
    assert emails(staff=True) == ["c@x.example"]


def test_an_account_has_a_name_a_known_kind_and_a_time_zone_that_exists(database: ModuleType) -> None:
    for given in ({"name": " "}, {"kind": "castle"}, {"timezone": "Asia/Atlantis"}):
        with pytest.raises(AccountsError), database.unit_of_work() as session:
            services.add_account(session, **{"name": "A", **given}, actor=OPERATOR)  # type: ignore[arg-type]
    assert queries.accounts() == []
    account = registry.account("Sharma Travels", kind="sandbox")
    line = queries.account(account)
    assert (line.name, line.kind, line.timezone, line.state) == ("Sharma Travels", "sandbox", "Asia/Kolkata", "active")
    with pytest.raises(NotFound):
        queries.account(uuid4())


def start(database: ModuleType, person_id: UUID) -> str:
    with database.unit_of_work() as session:
        return sessions.start(session, person_id, "192.0.2.1", "test " * 100)


def test_a_session_starts_in_the_only_account_and_in_none_of_several(database: ModuleType) -> None:
    one, two = registry.account("One"), registry.account("Two")
    single = registry.person("a@x.example", ("owner", {"account_id": one}), ("account_auditor", {"account_id": one}))
    several = registry.person("b@x.example", ("owner", {"account_id": one}), ("viewer", {"account_id": two}))
    none = registry.person("c@x.example", ("reviewer", {}))
    chosen = [sessions.load(start(database, each)) for each in (single, several, none)]
    assert [person.account_id if person else "?" for person in chosen] == [one, None, None]


def test_an_account_that_was_chosen_is_forgotten_with_the_role_in_it(database: ModuleType) -> None:
    account = registry.account()
    person_id = registry.person("a@x.example", ("owner", {"account_id": account}))
    token = start(database, person_id)
    with database.unit_of_work() as session:
        people.take_role_at(session, person_id, "owner", OPERATOR, account_id=account)
    person = sessions.load(token)
    assert person is not None and person.account_id is None and person.seats == ()


def test_a_session_is_touched_to_the_nearest_five_minutes(database: ModuleType, clock: Clock) -> None:
    token = start(database, registry.person("a@x.example"))
    first = sessions.load(token)
    assert first is not None and not sessions.needs_touch(first.last_seen_at)
    clock.move(minutes=6)
    assert sessions.needs_touch(first.last_seen_at)
    with database.unit_of_work() as session:
        sessions.touch(session, first.session_id)
    again = sessions.load(token)
    assert again is not None and again.last_seen_at > first.last_seen_at


def test_of_two_step_ups_at_once_one_value_of_the_cookie_remains(database: ModuleType) -> None:
    person_id = registry.person("a@x.example")
    start(database, person_id)
    (line,) = sessions.of_person(person_id)

    def step_up() -> str:
        with database.unit_of_work() as session:
            return sessions.step_up(session, line.id)

    values = together(step_up, step_up)
    assert sum(sessions.load(value) is not None for value in values) == 1


def test_sessions_that_ended_long_ago_are_purged_in_batches_and_live_ones_stay(
    database: ModuleType, clock: Clock
) -> None:
    person_id = registry.person("a@x.example")
    for _ in range(3):
        start(database, person_id)
    with database.unit_of_work() as session:
        assert sessions.purge(session, 10) == 0
    clock.move(days=61)
    token = start(database, person_id)
    done = []
    for _ in range(3):
        with database.unit_of_work() as session:
            done.append(sessions.purge(session, 2))
    assert done == [2, 1, 0]
    assert sessions.load(token) is not None
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(SignInSession)) == 1


def test_a_long_description_of_a_browser_is_cut_to_its_column(database: ModuleType) -> None:
    person_id = registry.person("a@x.example")
    start(database, person_id)
    (line,) = sessions.of_person(person_id)
    assert len(line.agent) == 200
