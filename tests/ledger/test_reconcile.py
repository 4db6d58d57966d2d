"""Who stood how, rebuilt from the entries alone, and where the tables say otherwise."""

from __future__ import annotations

import json
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, insert, select, update

from apps_registry import steps as registry
from apps_registry.lifecycle import Party
from apps_registry.models import App, RequestedScope
from connect import wiring
from connect.cli.ledger import DOES_NOT_HOLD, ledger
from connect.core import actor, clock, ids
from connect.grants import services as grants
from connect.grants.models import Grant, GrantRefusal
from connect.ledger import models, sealer
from tests.support import world
from tests.support.clock import Clock


@pytest.fixture
def there(database: ModuleType) -> world.World:
    """An app with a grant that was narrowed, and one consent that was declined."""
    wiring.connect_receivers()
    made = world.make()
    grant = world.give(made, world.REQUIRED | {"contacts:read"})
    sealer.seal_once()
    with database.unit_of_work() as session:
        grants.narrow(
            session, made.account_id, grant.id, made.actor, world.REQUIRED, world.Terms.from_json(grant.terms)
        )
        grants.refuse(session, made.account_id, made.app_id, made.person_id, world.OPTIONAL)
    return replace(made, grant=grant)


def reconciled(*arguments: str, ends: int = 0) -> Any:
    done = CliRunner().invoke(ledger, ["reconcile", "--json", *arguments], catch_exceptions=False)
    assert done.exit_code == ends, done.output
    return json.loads(done.stdout)


def difference(database: ModuleType) -> dict[str, Any]:
    found = reconciled(ends=DOES_NOT_HOLD)["differences"]
    assert len(found) == 1, found
    return dict(found[0])


def test_apps_grants_terms_and_refusals_come_back_from_the_entries_alone(there: world.World) -> None:
    found = reconciled()
    assert found["differences"] == []
    assert there.grant is not None
    assert [(app["id"], app["state"], app["version"]) for app in found["apps"]] == [
        (ids.encode("app", there.app_id), "published", 1)
    ]
    assert found["apps"][0]["required"] == sorted(world.REQUIRED)
    grant = found["grants"][0]
    assert (grant["state"], grant["version"]) == ("active", 2)
    assert grant["granted"] == sorted(world.REQUIRED)
    assert set(grant["refused"]) == set(world.OPTIONAL)
    assert grant["terms"] == there.grant.terms
    assert found["refusals"][0]["refused"] == sorted(world.OPTIONAL)


def test_what_stood_at_an_earlier_time_can_be_asked(there: world.World, clock: Clock, database: ModuleType) -> None:
    before = clock.move(hours=1)
    clock.move(hours=1)
    with database.unit_of_work() as session:
        assert there.grant is not None
        grants.revoke(session, there.account_id, there.grant.id, there.actor)
        registry.suspend(session, there.app_id, "asked too much", actor.SYSTEM, Party.REVIEWER)
    now = reconciled()
    assert (now["grants"][0]["state"], now["apps"][0]["state"]) == ("revoked", "suspended")
    then = reconciled("--at", clock_text(before))
    assert (then["grants"][0]["state"], then["apps"][0]["state"]) == ("active", "published")
    assert reconciled("--at", "2020-01-01T00:00:00Z")["grants"] == []


def clock_text(at: Any) -> str:
    return clock.text(at)


def test_a_grant_put_in_by_sql_has_no_entry_and_is_named(there: world.World, database: ModuleType) -> None:
    forged = ids.new()
    table = Grant.__table__
    with database.unit_of_work() as session:
        row = session.execute(select(table)).one()._asdict()
        session.execute(insert(table).values(**row | {"id": forged, "app_id": ids.new()}))
    found = difference(database)
    assert (found["kind"], found["id"], found["what"]) == ("grant", ids.encode("grant", forged), "has no entry")


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("scopes", ["call_log:read", "contacts:read"], "granted"),
        ("refused", [], "refused"),
        ("state", "paused", "state"),
        ("terms", {"retention_days": 9999}, "terms"),
    ],
)
def test_a_grant_widened_by_sql_is_named_with_what_each_side_says(
    there: world.World, database: ModuleType, column: str, value: Any, what: str
) -> None:
    with database.unit_of_work() as session:
        session.execute(update(Grant).values({column: value}))
    found = difference(database)
    assert (found["kind"], found["what"], found["tables"]) == ("grant", what, value)
    assert found["ledger"] != value


def test_an_app_put_in_force_or_given_scopes_by_sql_is_named(there: world.World, database: ModuleType) -> None:
    with database.unit_of_work() as session:
        session.execute(update(App).values(state="private"))
    assert difference(database)["what"] == "state"
    with database.unit_of_work() as session:
        session.execute(update(App).values(state="published"))
        session.execute(update(RequestedScope).where(RequestedScope.scope == "contacts:read").values(required=True))
    found = reconciled(ends=DOES_NOT_HOLD)["differences"]
    assert {each["what"] for each in found} == {"required", "optional"}


def test_a_refusal_that_was_deleted_is_named(there: world.World, database: ModuleType) -> None:
    with database.unit_of_work() as session:
        session.execute(delete(GrantRefusal))
    found = difference(database)
    assert (found["kind"], found["what"]) == ("refusal", "is not in the tables")


def test_an_entry_that_does_not_hold_is_not_believed_and_is_named(there: world.World, database: ModuleType) -> None:
    entry = models.entry
    with database.unit_of_work() as session:
        row = session.execute(select(entry).where(entry.c.type == "grant").order_by(entry.c.id).limit(1)).one()
        forged = row.body.replace(b'"version":1', b'"version":7')
        session.execute(update(entry).where(entry.c.id == row.id).values(body=forged))
    found = difference(database)
    assert (found["kind"], found["id"]) == ("entry", ids.encode("entry", row.id))
