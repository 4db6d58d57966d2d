"""When a grant is live and when data may leave under it: one table for the conditions in SQL and the state that a row reads as."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from apps_registry.models import App
from connect.accounts.models import Account
from connect.core import clock, database
from connect.grants import queries, standing
from connect.grants.models import LIVE, Grant
from tests.support import world
from tests.support.queries import count_queries
from tests.support.world import World

MOMENT = timedelta(microseconds=1)

# what is changed, how, whether the grant is live then, whether it stands
TABLE: list[tuple[Any, dict[str, Any], bool, bool]] = [
    (Grant, {"state": "active"}, True, True),
    (Grant, {"state": "paused"}, True, False),
    (Grant, {"state": "revoked"}, False, False),
    (Grant, {"state": "expired"}, False, False),
    (Grant, {"state": "lapsed"}, False, False),
    (App, {"state": "unlisted"}, True, True),
    (App, {"state": "testing"}, True, False),
    (App, {"state": "private"}, True, False),
    (App, {"state": "suspended"}, True, False),
    (App, {"state": "retired"}, True, False),
    (Account, {"state": "closed"}, True, False),
]


def change(model: Any, values: dict[str, Any]) -> None:
    with database.unit_of_work() as session:
        session.execute(update(model).values(values))


def found(statement: Any) -> bool:
    with database.unit_of_work() as session:
        return session.execute(statement).first() is not None


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize(("model", "values", "live", "stands"), TABLE)
def test_a_grant_stands_while_it_and_all_it_stands_on_do(
    there: World, model: Any, values: dict[str, Any], live: bool, stands: bool, held: bool
) -> None:
    grant, now = world.give(there), clock.now()
    change(model, values)
    assert found(select(Grant.id).where(standing.live(now))) == live
    assert found(standing.only(select(Grant.id), now, held=held)) == stands
    view = queries.one(there.account_id, grant.id)
    assert view is not None and view.live == live


@pytest.mark.parametrize("held", [False, True])
def test_its_time_is_over_at_the_moment_that_it_names(there: World, held: bool) -> None:
    end = world.give(there).expires_at
    for now, stands in ((end - MOMENT, True), (end, False)):
        assert found(select(Grant.id).where(standing.live(now))) == stands
        assert found(standing.only(select(Grant.id), now, held=held)) == stands
        assert [standing.state_at(state, end, now) in LIVE for state in LIVE] == [stands] * 2


def test_a_state_that_ended_otherwise_stays_what_it_was_when_its_time_is_over(there: World) -> None:
    end = world.give(there).expires_at
    assert standing.state_at("revoked", end, end) == "revoked"
    assert standing.state_at("paused", end, end) == "expired"


def test_whether_an_app_has_a_live_grant_is_one_query(there: World) -> None:
    world.give(there)
    with count_queries() as counted:
        assert queries.live_of_app(there.account_id, there.app_id) is not None
        assert queries.live_counts([there.app_id]) == {there.app_id: 1}
    assert len(counted) == 2
    change(Grant, {"expires_at": clock.now()})
    assert queries.live_of_app(there.account_id, there.app_id) is None
    assert queries.live_counts([there.app_id]) == {}
