"""Signing in: what it takes, what it says, what it gives away."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select, update

from connect.accounts import passwords, people, sessions, signals
from connect.accounts.models import Person
from connect.core import settings as core_settings
from tests.support import registry
from tests.support.registry import PASSWORD
from tests.support.visitor import Visitor

Visit = Callable[[], Visitor]
ASHA = "asha@sharma.example"


@pytest.fixture
def asha(database: ModuleType) -> None:
    registry.person(ASHA, ("owner", {"account_id": registry.account()}))


@pytest.mark.usefixtures("asha")
def test_the_right_password_signs_in_and_leads_to_the_first_page(visit: Visit) -> None:
    browser = visit()
    answer = browser.sign_in(ASHA)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Asha Sharma" in browser.get("/profile").get_data(as_text=True)


@pytest.mark.usefixtures("asha")
@pytest.mark.parametrize("email", ["  ASHA@Sharma.example ", ASHA])
def test_the_case_of_an_e_mail_address_does_not_matter(visit: Visit, email: str) -> None:
    assert visit().sign_in(email).status_code == 303


@pytest.mark.usefixtures("asha")
@pytest.mark.parametrize(
    ("email", "password"),
    [
        (ASHA, "another long way home"),
        ("nobody@sharma.example", PASSWORD),
        (ASHA, PASSWORD.upper()),
        ("'; --", PASSWORD),
    ],
)
def test_a_wrong_password_and_an_unknown_person_are_answered_alike(visit: Visit, email: str, password: str) -> None:
    browser = visit()
    answer = browser.sign_in(email, password)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "The e-mail address or the password is not right." in page
    assert "<title>Error:" in page
    assert browser.get("/profile").status_code == 303


@pytest.mark.usefixtures("asha")
def test_the_same_work_is_done_whether_or_not_somebody_has_the_e_mail_address(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, count_queries: Any
) -> None:
    verified: list[bool] = []
    real = passwords._hasher.verify
    monkeypatch.setattr(
        passwords,
        "_hasher",
        _Hasher(passwords._hasher, lambda known, given: (verified.append(True), real(known, given))[1]),
    )
    work = []
    for email in (ASHA, "nobody@sharma.example"):
        browser = visit()
        browser.get("/sign-in")
        verified.clear()
        with count_queries() as statements:
            browser.sign_in(email, "a wrong password it is")
        work.append((len(verified), [each.split("WHERE")[0] for each in statements if "FROM person" in each]))
    assert work[0] == work[1]
    assert work[0][0] == 1


class _Hasher:
    """The real hasher, watched."""

    def __init__(self, real: Any, verify: Any) -> None:
        self._real, self.verify = real, verify

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def test_somebody_without_a_password_yet_or_closed_cannot_sign_in(database: ModuleType, visit: Visit) -> None:
    with database.unit_of_work() as session:
        people.add_person(session, "new@sharma.example", "New", registry.OPERATOR)
    gone = registry.person("gone@sharma.example")
    with database.unit_of_work() as session:
        people.close(session, gone, registry.OPERATOR)
    for email in ("new@sharma.example", "gone@sharma.example"):
        assert visit().sign_in(email).status_code == 422
        assert visit().sign_in(email, "x").status_code == 422


@pytest.mark.usefixtures("asha")
@pytest.mark.parametrize("field", ["email", "password"])
def test_an_empty_field_is_named(visit: Visit, field: str) -> None:
    browser = visit()
    fields = {"email": ASHA, "password": PASSWORD, field: ""}
    answer = browser.send("/sign-in", fields)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)


def test_a_sign_in_is_throttled_by_e_mail_address_whoever_tries(app: Flask, visit: Visit) -> None:
    statuses = []
    for attempt in range(12):
        browser = visit()
        token = browser.token("/sign-in")
        answer = browser.client.post(
            "/sign-in",
            data={"csrf_token": token, "email": ASHA, "password": "guess number one"},
            environ_base={"REMOTE_ADDR": f"192.0.2.{attempt}"},
        )
        statuses.append(answer.status_code)
    assert statuses == [422] * 10 + [429] * 2
    assert int(answer.headers["Retry-After"]) > 0


def test_a_sign_in_is_throttled_by_address_whoever_is_tried(app: Flask, visit: Visit) -> None:
    browser = visit()
    statuses = [browser.sign_in(f"person{n}@sharma.example", "guess number one").status_code for n in range(11)]
    assert statuses == [422] * 10 + [429]


@pytest.mark.usefixtures("asha")
def test_the_throttle_refuses_the_right_password_too_and_before_anything_is_looked_up(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = visit()
    for _ in range(10):
        browser.sign_in(ASHA, "guess number one")
    monkeypatch.setattr(passwords, "verify", None)
    assert browser.sign_in(ASHA).status_code == 429


@pytest.mark.usefixtures("asha")
def test_the_cookie_is_the_only_one_and_out_of_reach_of_scripts_and_other_sites(visit: Visit, settings: Any) -> None:
    answer = visit().sign_in(ASHA)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    attributes = {part.strip().split("=")[0].lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "path", "samesite", "expires"} <= attributes and "domain" not in attributes
    assert "SameSite=Lax" in cookie and "Path=/" in cookie
    name = cookie.split("=")[0]
    if settings.https:
        assert name == "__Host-vtc_session" and "secure" in attributes
    else:
        assert name == "vtc_session" and "secure" not in attributes


@pytest.mark.usefixtures("asha")
def test_the_value_in_the_cookie_is_nowhere_in_the_database(app: Flask, visit: Visit, database: ModuleType) -> None:
    browser = visit()
    browser.sign_in(ASHA)
    with browser.client.session_transaction(base_url=core_settings.current().base_url) as cookie:
        value = cookie["sid"]
    assert sessions.load(value) is not None
    with database.read() as connection:
        for table in database.Base.metadata.tables.values():
            for row in connection.execute(select(table)):
                assert value not in map(str, row)


@pytest.mark.usefixtures("asha")
def test_a_sign_in_tells_the_rooms_above(visit: Visit) -> None:
    told: list[Any] = []

    def receiver(person: Person, **said: Any) -> None:
        told.append((person.email, said["step_up"], said["actor"].id == person.id))

    with signals.signed_in.connected_to(receiver):
        visit().sign_in(ASHA)
    assert told == [(ASHA, False, True)]


@pytest.mark.usefixtures("asha")
def test_a_hash_made_with_weaker_parameters_is_made_anew_at_the_next_sign_in(
    visit: Visit, database: ModuleType
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, hash_len=16).hash(PASSWORD)
    with database.unit_of_work() as session:
        session.execute(update(Person).values(password_hash=weak))
    assert visit().sign_in(ASHA).status_code == 303
    with database.read() as connection:
        strong = connection.scalar(select(Person.password_hash))
    assert strong != weak and not passwords.is_outdated(strong)
    assert visit().sign_in(ASHA).status_code == 303
