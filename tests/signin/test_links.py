"""One-time links: a password is chosen once, with the declaration of age (P11)."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from uuid import UUID

import pytest
from sqlalchemy import select

from connect.accounts import passwords, people
from connect.accounts.errors import LinkEnded
from connect.accounts.models import OneTimeLink, Person
from tests.support import registry
from tests.support.clock import Clock
from tests.support.threads import together
from tests.support.visitor import Visitor

Visit = Callable[[], Visitor]
ASHA = "asha@sharma.example"
PASSWORD = "nine trains to Nagpur"


@pytest.fixture
def asha(database: ModuleType) -> UUID:
    with database.unit_of_work() as session:
        return people.add_person(session, ASHA, "Asha Sharma", registry.OPERATOR).id


@pytest.fixture
def token(database: ModuleType, asha: UUID) -> str:
    return new_link(database, asha)


def new_link(database: ModuleType, person_id: UUID) -> str:
    with database.unit_of_work() as session:
        return people.make_link(session, person_id)


def choose(browser: Visitor, token: str, password: str = PASSWORD, adult: str | None = "y") -> int:
    fields = {"password": password} | ({"adult": adult} if adult else {})
    return browser.send(f"/sign-in/link/{token}", fields).status_code


def test_a_link_sets_the_password_signs_in_and_keeps_when_the_age_was_declared(
    visit: Visit, token: str, database: ModuleType
) -> None:
    browser = visit()
    page = browser.get(f"/sign-in/link/{token}")
    assert "Asha Sharma" in page.get_data(as_text=True)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert choose(browser, token) == 303
    assert browser.get("/profile").status_code == 200
    assert visit().sign_in(ASHA, PASSWORD).status_code == 303
    with database.read() as connection:
        assert connection.scalar(select(Person.adult_declared_at)) is not None


def test_a_link_works_once(visit: Visit, token: str) -> None:
    choose(visit(), token)
    answer = visit().get(f"/sign-in/link/{token}")
    assert answer.status_code == 410
    assert "This link has ended" in answer.get_data(as_text=True)


def test_opening_a_link_does_not_use_it_up(visit: Visit, token: str) -> None:
    for _ in range(3):
        assert visit().get(f"/sign-in/link/{token}").status_code == 200
    assert choose(visit(), token) == 303


def test_a_link_ends_with_time_and_when_the_next_is_made(
    visit: Visit, token: str, asha: UUID, database: ModuleType, clock: Clock
) -> None:
    second = new_link(database, asha)
    assert visit().get(f"/sign-in/link/{token}").status_code == 410
    assert visit().get(f"/sign-in/link/{second}").status_code == 200
    clock.move(days=2, seconds=1)
    assert visit().get(f"/sign-in/link/{second}").status_code == 410


@pytest.mark.parametrize("wrong", ["vtl_x", "x", "%00", "vtl_" + "A" * 49, "é"])
def test_what_never_was_a_link_looks_like_one_that_ended(visit: Visit, token: str, wrong: str) -> None:
    assert visit().get(f"/sign-in/link/{wrong}").status_code in {400, 410}


def test_guessing_links_is_throttled(visit: Visit, database: ModuleType) -> None:
    browser = visit()
    assert [browser.get(f"/sign-in/link/vtl_{n}").status_code for n in range(11)] == [410] * 10 + [429]


def test_without_the_declaration_of_age_there_is_no_password(visit: Visit, token: str) -> None:
    browser = visit()
    answer = browser.send(f"/sign-in/link/{token}", {"password": PASSWORD})
    assert answer.status_code == 422
    assert "18 years" in answer.get_data(as_text=True) and 'id="adult-error"' in answer.get_data(as_text=True)
    assert choose(browser, token) == 303


def test_the_declaration_is_asked_for_once(visit: Visit, token: str, asha: UUID, database: ModuleType) -> None:
    choose(visit(), token)
    second = new_link(database, asha)
    browser = visit()
    assert 'name="adult"' not in browser.get(f"/sign-in/link/{second}").get_data(as_text=True)
    assert choose(browser, second, "another four words here", adult=None) == 303


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaaaaaa", ASHA, "x" * 257])
def test_a_weak_password_is_refused_with_what_would_be_right(visit: Visit, token: str, weak: str) -> None:
    browser = visit()
    answer = browser.send(f"/sign-in/link/{token}", {"password": weak, "adult": "y"})
    assert answer.status_code == 422
    assert 'id="password-error"' in answer.get_data(as_text=True)


def test_a_new_password_ends_every_session_and_the_old_password(
    visit: Visit, token: str, asha: UUID, database: ModuleType
) -> None:
    thief = visit()
    choose(thief, token)
    assert thief.get("/profile").status_code == 200
    choose(visit(), new_link(database, asha), "quite another password", adult=None)
    assert thief.get("/profile").status_code == 303
    assert visit().sign_in(ASHA, PASSWORD).status_code == 422


def test_a_link_that_is_used_twice_at_once_sets_one_password(token: str, asha: UUID, database: ModuleType) -> None:
    def use(password: str) -> None:
        hashed = passwords.make_hash(password)
        with database.unit_of_work() as session:
            people.set_password(session, token, hashed, adult=True)

    results = together(lambda: use("the first of the two"), lambda: use("the second of the two"))
    assert [type(result) for result in results if result is not None] == [LinkEnded]


def test_a_link_rests_as_its_digest_only(token: str, database: ModuleType) -> None:
    with database.read() as connection:
        (row,) = connection.execute(select(OneTimeLink.__table__))
    assert token not in map(str, row)
