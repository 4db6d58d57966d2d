"""Acts on apps, secrets and people are in the ledger, in the transaction of the act."""

from __future__ import annotations

import getpass
from types import ModuleType
from typing import Any
from uuid import UUID

import orjson
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from apps_registry import queries, services, steps, versions
from apps_registry.details import Asked
from apps_registry.lifecycle import Party
from connect.accounts import people, sessions
from connect.cli.accounts import accounts
from connect.core import actor, ids
from connect.core.actor import Actor
from connect.ledger import models, receivers
from tests.support import registry
from tests.support.registry import OPERATOR

pytestmark = pytest.mark.usefixtures("app")


def entries(database: ModuleType, **wanted: Any) -> list[dict[str, Any]]:
    """The bodies of the entries whose members are as `wanted`, oldest first."""
    with database.read() as connection:
        bodies = [
            orjson.loads(body) for body in connection.scalars(select(models.entry.c.body).order_by(models.entry.c.id))
        ]
    return [body for body in bodies if all(body.get(name) == value for name, value in wanted.items())]


def events(database: ModuleType, app_id: UUID) -> list[tuple[str, str]]:
    return [(body["type"], body["event"]) for body in entries(database, app=ids.encode("app", app_id))]


def test_an_account_that_is_added_is_an_entry_with_who_did_it_and_without_its_name(database: ModuleType) -> None:
    made = CliRunner().invoke(accounts, ["add", "Asha Rao Travels", "--region", "AE", "--json"])
    [body] = entries(database, type="config")
    assert body["account"] == orjson.loads(made.output)["id"]
    assert (body["event"], body["actor"]) == ("account_added", f"operator:{getpass.getuser()}")
    assert body["changes"] == {
        "kind": [None, "customer"],
        "region": [None, "AE"],
        "state": [None, "active"],
        "timezone": [None, "Asia/Kolkata"],
    }
    assert "Travels" not in str(body)


def test_the_life_of_an_app_can_be_read_from_the_ledger_alone(database: ModuleType) -> None:
    app_id = registry.app(registry.team()).app.id
    reviewer = actor.person(ids.new())
    with database.unit_of_work() as session:
        services.set_redirect_uris(session, app_id, ["https://dialler.example/two"], OPERATOR)
        services.rotate_secret(session, app_id, OPERATOR)
        version = versions.add_version(session, app_id, [Asked("call_log:read")], OPERATOR)
        versions.submit(session, app_id, OPERATOR)
        versions.review(session, version.id, "approved", "Well explained.", reviewer)
        steps.move(session, app_id, "unlist", OPERATOR, Party.TEAM)
        steps.suspend(session, app_id, "Odd reading.", reviewer, Party.REVIEWER)
        steps.reinstate(session, app_id, "Mended.", reviewer, Party.REVIEWER)
        services.end_secret(session, app_id, services._live_secrets(session, app_id)[0].id, OPERATOR)
        steps.retire(session, app_id, "Replaced.", OPERATOR, Party.TEAM)
    assert events(database, app_id) == [
        ("app", "registered"),
        ("secret", "made"),
        ("app", "changed"),
        ("secret", "rotated"),
        ("app", "version_added"),
        ("app", "submitted"),
        ("app", "reviewed"),
        ("app", "published"),
        ("app", "moved"),
        ("app", "suspended"),
        ("app", "reinstated"),
        ("secret", "ended"),
        ("app", "retired"),
    ]


def test_an_entry_of_an_app_says_what_it_asks_for_and_who_acted(database: ModuleType) -> None:
    made = registry.app(registry.team())
    (body,) = entries(database, event="registered")
    assert body["actor"] == "operator:tester" and body["person"] is None
    assert body["client_id"] == made.app.client_id and body["state"] == "draft"
    assert (body["required"], body["optional"]) == (["call_log:read"], ["call_log.numbers:read"])
    assert body["redirect_uris"] == ["https://dialler.example/callback"]
    assert (body["version_number"], body["version_state"]) == (1, "draft")


def test_a_review_is_written_with_its_decision_reason_and_reviewer(database: ModuleType) -> None:
    made, reviewer = registry.app(registry.team()), ids.new()
    with database.unit_of_work() as session:
        versions.submit(session, made.app.id, OPERATOR)
        versions.review(session, made.version.id, "refused", "No telephony here.", actor.person(reviewer))
    (body,) = entries(database, event="reviewed")
    assert (body["decision"], body["reason"]) == ("refused", "No telephony here.")
    assert body["reviewer"] == body["actor"] == f"person:{ids.encode('psn', reviewer)}" and body["person"]


def test_a_suspension_names_the_state_before_and_the_reason(database: ModuleType) -> None:
    made = registry.app(registry.team())
    with database.unit_of_work() as session:
        steps.suspend(session, made.app.id, "Odd reading.", OPERATOR, Party.OPERATOR)
    (body,) = entries(database, event="suspended")
    assert (body["state_before"], body["state"], body["reason"]) == ("draft", "suspended", "Odd reading.")


def test_no_entry_holds_a_secret_or_more_of_it_than_its_hint(database: ModuleType) -> None:
    made = registry.app(registry.team())
    with database.unit_of_work() as session:
        rotated = services.rotate_secret(session, made.app.id, OPERATOR)
    text = orjson.dumps(entries(database)).decode()
    for secret in (made.secret or "", rotated.secret):
        assert secret[:-4] not in text and secret[4:12] not in text
    assert [body["hint"] for body in entries(database, type="secret")] == [
        (made.secret or "")[-4:],
        rotated.secret[-4:],
    ]


def test_an_act_that_fails_leaves_no_entry_and_an_entry_that_fails_leaves_no_act(
    database: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = registry.app(registry.team())
    before = entries(database)
    with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
        steps.suspend(session, made.app.id, "Odd reading.", OPERATOR, Party.OPERATOR)
        raise ZeroDivisionError
    assert entries(database) == before

    def broken(*_given: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(receivers, "append", broken)
    with pytest.raises(OSError, match="disk full"), database.unit_of_work() as session:
        steps.suspend(session, made.app.id, "Odd reading.", OPERATOR, Party.OPERATOR)
    assert queries.app_page(made.app.id).state == "draft"


def test_roles_given_and_taken_are_written_where_they_are_held(database: ModuleType) -> None:
    account_id = registry.account()
    person_id = registry.person("ravi@sharma.example", ("admin", {"account_id": account_id}))
    with database.unit_of_work() as session:
        seat = people._membership(session, person_id, "admin", account_id, None)
        assert seat is not None
        people.take_role(session, seat.id, OPERATOR)
    for event in ("role_given", "role_taken"):
        (body,) = entries(database, event=event)
        assert (body["role"], body["account"]) == ("admin", ids.encode("acc", account_id))
        assert body["person"] == ids.encode("psn", person_id)


def test_a_changed_profile_is_written_by_field_and_never_by_value(database: ModuleType) -> None:
    person_id = registry.person("ravi@sharma.example", name="Ravi Old")
    with database.unit_of_work() as session:
        people.rename(session, person_id, "Ravi New", actor.person(person_id))
    (body,) = entries(database, event="changed")
    assert body["changed"] == ["name"]
    text = orjson.dumps(entries(database)).decode()
    assert "Ravi" not in text and "ravi@" not in text


def test_sign_ins_of_the_staff_are_written_and_those_of_others_are_not(database: ModuleType) -> None:
    staff = registry.person("reviewer@voicetree.example", ("reviewer", {}))
    owner = registry.person("asha@sharma.example", ("owner", {"account_id": registry.account()}))
    with database.unit_of_work() as session:
        for person_id in (staff, owner):
            token = sessions.start(session, person_id, "192.0.2.1", "test")
            session.flush()
        assert token
    signed_in = entries(database, event="staff_signed_in")
    assert [body["person"] for body in signed_in] == [ids.encode("psn", staff)]
    current = _session_of(database, staff)
    with database.unit_of_work() as session:
        sessions.step_up(session, current)
    assert len(entries(database, event="staff_confirmed")) == 1


def _session_of(database: ModuleType, person_id: UUID) -> UUID:
    return sessions.of_person(person_id)[0].id


def test_a_command_is_written_with_the_name_of_the_system_user(database: ModuleType, app: Flask) -> None:
    assert actor.operator().as_text().startswith("operator:")
    assert Actor("system").as_text() == "system"
