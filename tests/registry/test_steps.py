"""Suspension and the other steps of an app's life, as services."""

from __future__ import annotations

from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest

from apps_registry import queries, signals, steps, versions
from apps_registry.errors import InvalidApp, MoveRefused, NoSuchApp
from apps_registry.lifecycle import Party
from apps_registry.models import App
from connect.core.actor import person
from tests.support import registry
from tests.support.registry import OPERATOR

REVIEWER = person(uuid4())


def test_a_suspension_needs_a_reason_because_all_sides_read_it(database: ModuleType) -> None:
    made = registry.app(registry.team())
    with pytest.raises(InvalidApp, match="reason"), database.unit_of_work() as session:
        steps.suspend(session, made.app.id, " ", REVIEWER, Party.REVIEWER)
    assert queries.app_page(made.app.id).state == "draft"


def test_a_suspended_app_goes_back_to_the_state_it_was_suspended_from(database: ModuleType) -> None:
    made = registry.app(registry.team())
    with database.unit_of_work() as session:
        versions.publish(session, made.app.id, OPERATOR)
        steps.move(session, made.app.id, "unlist", person(uuid4()), Party.TEAM)
    with database.unit_of_work() as session:
        steps.suspend(session, made.app.id, "Odd reading.", REVIEWER, Party.REVIEWER)
    assert queries.app_page(made.app.id).state == "suspended"
    with pytest.raises(MoveRefused), database.unit_of_work() as session:
        steps.suspend(session, made.app.id, "Again.", REVIEWER, Party.REVIEWER)
    with pytest.raises(MoveRefused), database.unit_of_work() as session:
        steps.reinstate(session, made.app.id, "", person(uuid4()), Party.TEAM)
    with database.unit_of_work() as session:
        steps.reinstate(session, made.app.id, "", REVIEWER, Party.REVIEWER)
    assert queries.app_page(made.app.id).state == "unlisted"


def test_a_suspended_app_cannot_slip_back_through_a_review(database: ModuleType) -> None:
    made = registry.app(registry.team())
    with database.unit_of_work() as session:
        versions.submit(session, made.app.id, person(uuid4()))
        steps.suspend(session, made.app.id, "Odd reading.", REVIEWER, Party.REVIEWER)
    with pytest.raises(MoveRefused), database.unit_of_work() as session:
        versions.review(session, made.version.id, "approved", "", REVIEWER)
    assert queries.app_page(made.app.id).state == "suspended"


def test_a_suspension_tells_the_rooms_above_with_its_reason(database: ModuleType) -> None:
    made = registry.app(registry.team())
    told: list[Any] = []

    def receiver(app: App, **said: Any) -> None:
        told.append((app.state, said["reason"], said["actor"]))

    with signals.app_suspended.connected_to(receiver), database.unit_of_work() as session:
        steps.suspend(session, made.app.id, " Odd reading. ", REVIEWER, Party.REVIEWER)
    assert told == [("suspended", "Odd reading.", REVIEWER)]


def test_a_retired_app_stays_retired(database: ModuleType) -> None:
    made = registry.app(registry.team())
    with database.unit_of_work() as session:
        steps.retire(session, made.app.id, "Replaced.", person(uuid4()), Party.TEAM)
    for step in ("retire", "suspend"):
        with pytest.raises(MoveRefused), database.unit_of_work() as session:
            getattr(steps, step)(session, made.app.id, "Why not.", REVIEWER, Party.OPERATOR)
    assert queries.app_page(made.app.id).state == "retired"


def test_an_app_that_does_not_exist_cannot_be_moved(database: ModuleType) -> None:
    with pytest.raises(NoSuchApp), database.unit_of_work() as session:
        steps.move(session, uuid4(), "test", REVIEWER, Party.TEAM)
    with pytest.raises(NoSuchApp):
        queries.app_id_of("app_unknown")
