"""The life of an app is a table: what it does not name cannot happen."""

from __future__ import annotations

import itertools

import pytest

from apps_registry import lifecycle
from apps_registry.errors import MoveRefused
from apps_registry.lifecycle import MOVES, Party, State


def test_every_step_that_the_table_does_not_name_is_refused() -> None:
    for (name, move), state, party in itertools.product(MOVES.items(), State, Party):
        if state in move.sources and party in move.by:
            assert lifecycle.after(name, state, party) == (move.target or State.TESTING)
            assert name in lifecycle.possible(state, party)
        else:
            assert name not in lifecycle.possible(state, party)
            with pytest.raises(MoveRefused):
                lifecycle.after(name, state, party)


def test_a_team_can_neither_publish_nor_suspend_nor_reinstate() -> None:
    everything = set().union(*(lifecycle.possible(state, Party.TEAM) for state in State))
    assert everything == {"test", "submit", "withdraw", "unlist", "list", "retire"}


def test_a_retired_app_takes_no_further_step() -> None:
    assert not any(lifecycle.possible(State.RETIRED, party) for party in Party)


def test_a_refused_step_says_from_where_it_could_be_taken() -> None:
    with pytest.raises(MoveRefused, match="draft or testing"):
        lifecycle.after("submit", State.PUBLISHED, Party.TEAM)


def test_a_reinstated_app_is_back_where_it_was_suspended() -> None:
    assert lifecycle.after("reinstate", State.SUSPENDED, Party.REVIEWER, State.UNLISTED) == State.UNLISTED


def test_every_state_stands_in_exactly_one_of_the_groups_that_decide_who_may_connect() -> None:
    groups = (
        lifecycle.OPEN_TO_ALL,
        lifecycle.OPEN_UNREVIEWED,
        lifecycle.OPEN_TO_TESTERS,
        lifecycle.CLOSED,
        {State.PRIVATE},
    )
    assert sorted(state for group in groups for state in group) == sorted(State)
