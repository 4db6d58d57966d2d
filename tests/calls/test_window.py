"""What a window leaves visible: the condition in SQL and the look at one call say the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from connect.calls.models import Call, Department, VirtualNumber
from connect.calls.signals import EndedCall
from connect.calls.window import Window
from connect.core import database as core_database
from connect.core import ids
from tests.calls.samples import CARE, FRONT_DESK, HELPLINE, MINUTE, NOON, SALES, a_call, put

BOUNDS = (None, NOON, NOON + 2 * MINUTE, NOON + 4 * MINUTE)  # the second is the very start of the second call


@pytest.fixture
def three_calls(database: ModuleType, new_account: Callable[[], UUID]) -> UUID:
    """One on the front desk for sales, one on the helpline for care, one on the front desk for no department. And another account's."""
    account_id = new_account()
    for account in (account_id, new_account()):
        put(
            account,
            a_call(1, number=FRONT_DESK, department=SALES),
            a_call(2, number=HELPLINE, department=CARE),
            a_call(3, number=FRONT_DESK, department=None),
        )
    return account_id


def calls() -> list[EndedCall]:
    columns = [getattr(Call, "id" if name == "call_id" else name) for name in EndedCall.__dataclass_fields__]
    with core_database.read() as connection:
        return [EndedCall(*row) for row in connection.execute(select(*columns).order_by(Call.started_at, Call.id))]


def in_sql(window: Window) -> set[UUID]:
    with core_database.read() as connection:
        return set(connection.scalars(select(Call.id).where(*window.calls())))


def one_by_one(window: Window, among: Sequence[EndedCall]) -> set[UUID]:
    return {call.call_id for call in among if window.shows(call)}


def chosen(account_id: UUID, model: Any) -> list[tuple[UUID, ...] | None]:
    """All, none, each one, both, and one that the account does not have."""
    with core_database.read() as connection:
        first, second = connection.scalars(select(model.id).where(model.account_id == account_id).order_by(model.id))
    return [None, (), (first,), (second,), (first, second), (ids.new(),)]


def test_a_call_is_shown_just_when_the_condition_finds_it(three_calls: UUID) -> None:
    among, sizes = calls(), set()
    parts = (chosen(three_calls, VirtualNumber), chosen(three_calls, Department), BOUNDS, BOUNDS)
    for numbers, departments, since, until in product(*parts):
        window = Window(three_calls, numbers, departments, since, until)
        found = in_sql(window)
        assert one_by_one(window, among) == found, window
        sizes.add(len(found))
    assert sizes == {0, 1, 2, 3}


def test_a_call_of_another_account_is_not_shown(three_calls: UUID) -> None:
    everything, among = Window(three_calls), calls()
    assert len(among) == 6
    assert {call.account_id for call in among if everything.shows(call)} == {three_calls}
    assert one_by_one(everything, among) == in_sql(everything)
