"""Terms: proposed by the app, narrowed by the customer, never widened, and refused where malformed."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect.scopes.errors import TermsError
from connect.scopes.terms import MEMBERS, Terms, default_terms, empty, from_detail, narrow
from connect.scopes.terms_schema import TYPE
from tests.scopes.examples import encoded, terms

NOW = dt.datetime(2026, 11, 25, 3, 0, 0, 500, tzinfo=dt.UTC)
DEFAULT = default_terms(NOW)
ONE, TWO, THREE = (encoded("num", number) for number in (1, 2, 3))
CHOSEN = replace(DEFAULT, numbers=(ONE, TWO))


def test_the_default_is_everything_of_the_last_90_days_and_new_calls_for_90_days() -> None:
    assert DEFAULT.to_detail() == {
        "type": "voicetree_call_data",
        "numbers": "all",
        "departments": "all",
        "history_from": "2026-08-27",
        "include_new_calls": True,
        "expires_at": "2027-02-23T03:00:00.000000Z",
        "retention_days": 90,
        "daily_records": None,
    }


def test_the_first_day_is_a_day_of_the_accounts_calendar() -> None:
    kolkata = dt.timezone(dt.timedelta(hours=5, minutes=30))
    late = dt.datetime(2026, 11, 25, 1, 0, tzinfo=kolkata)  # still the 24th in UTC
    assert default_terms(late).history_from == dt.date(2026, 8, 27)


def test_the_default_follows_what_the_operator_set() -> None:
    short = default_terms(NOW, life=dt.timedelta(seconds=5), history=dt.timedelta(days=1), retention_days=7)
    assert short.expires_at == NOW.replace(microsecond=0) + dt.timedelta(seconds=5)
    assert (short.history_from, short.retention_days) == (dt.date(2026, 11, 24), 7)


@given(terms)
def test_terms_survive_storage_and_authorization_details(some: Terms) -> None:
    assert Terms.from_json(json.loads(json.dumps(some.to_json()))) == some
    assert from_detail(json.loads(json.dumps(some.to_detail()))) == some
    assert json.loads(some.canonical()) == some.to_json()


def test_the_order_of_chosen_lines_does_not_matter() -> None:
    detail = CHOSEN.to_detail() | {"numbers": [TWO, ONE, TWO]}
    assert from_detail(detail).canonical() == CHOSEN.canonical()


def test_chosen_lines_and_departments_are_known_by_their_ids() -> None:
    some = replace(CHOSEN, departments=(encoded("dep", 7),))
    assert [each.int for each in some.number_ids or ()] == [1, 2]
    assert [each.int for each in some.department_ids or ()] == [7]
    assert (DEFAULT.number_ids, DEFAULT.department_ids) == (None, None)


def test_a_member_that_the_app_leaves_out_takes_the_default() -> None:
    assert from_detail({"type": TYPE, "retention_days": 30}, default=DEFAULT) == replace(DEFAULT, retention_days=30)


def test_without_a_default_every_missing_member_is_named() -> None:
    with pytest.raises(TermsError) as caught:
        from_detail({"type": TYPE, "retention_days": 30})
    assert set(caught.value.errors) == set(MEMBERS) - {"retention_days"}


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("type", "other", "voicetree_call_data"),
        ("type", ["voicetree_call_data"], "valid string"),
        ("purpose", "sales", "Unknown field"),
        ("numbers", "some", 'must be "all" or a list'),
        ("numbers", None, "null"),
        ("numbers", {"id": 1}, 'must be "all" or a list'),
        ("numbers", ["+919812345610"], "starts with num_"),
        ("numbers", [encoded("dep", 1)], "starts with num_"),
        ("numbers", [7], "an id is a text"),
        ("numbers", [ONE] * 1001, "at most 1000"),
        ("departments", [ONE], "starts with dep_"),
        ("history_from", "2026-02-30", "a day that exists"),
        ("history_from", 20260227, "a day that exists"),
        ("include_new_calls", "yes", "boolean"),
        ("include_new_calls", 1, "boolean"),
        ("expires_at", "2027-01-01T00:00:00", "a time with its zone"),
        ("expires_at", "2027-13-01T00:00:00Z", "a time with its zone"),
        ("expires_at", "9999-12-31T23:59:59-14:00", "a time with its zone"),
        ("expires_at", "2027-01-01\x00", "a time with its zone"),
        ("expires_at", None, "null"),
        ("retention_days", 0, "greater than or equal to 1"),
        ("retention_days", True, "integer"),
        ("retention_days", "30", "integer"),
        ("retention_days", 30.0, "integer"),
        ("retention_days", 10**9, "less than or equal"),
        ("daily_records", -1, "greater than or equal to 1"),
    ],
)
def test_a_wrong_member_is_named_with_what_is_wrong(member: str, value: Any, message: str) -> None:
    with pytest.raises(TermsError) as caught:
        from_detail(DEFAULT.to_detail() | {member: value})
    assert list(caught.value.errors) == [member]
    assert message in caught.value.errors[member]


@pytest.mark.parametrize("detail", [None, "all", 7, ["type"], []])
def test_a_detail_that_is_no_object_is_refused(detail: Any) -> None:
    with pytest.raises(TermsError, match="must be a list of objects"):
        from_detail(detail, default=DEFAULT)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_whatever_a_member_holds_the_answer_is_terms_or_their_fault(value: Any) -> None:
    for member in MEMBERS:
        try:
            from_detail({"type": TYPE, member: value}, default=DEFAULT)
        except TermsError as error:
            assert list(error.errors) == [member]


@pytest.mark.parametrize(
    ("member", "narrower", "wider"),
    [
        ("numbers", (ONE,), "all"),
        ("numbers", (), (ONE, THREE)),
        ("departments", (), (encoded("dep", 9),)),
        ("history_from", dt.date(2026, 9, 1), dt.date(2026, 8, 26)),
        ("expires_at", NOW, NOW + dt.timedelta(days=91)),
        ("retention_days", 1, 91),
        ("retention_days", 30, None),
        ("daily_records", 1, None),
    ],
)
def test_each_member_can_be_narrowed_and_none_widened(member: str, narrower: Any, wider: Any) -> None:
    proposed = replace(CHOSEN, departments=(encoded("dep", 1),), daily_records=10)
    assert narrow(proposed, replace(proposed, **{member: narrower})) == replace(proposed, **{member: narrower})
    with pytest.raises(TermsError) as caught:
        narrow(proposed, replace(proposed, **{member: wider}))
    assert caught.value.errors == {member: "may be narrowed here, not widened"}


def test_new_calls_can_be_left_out_and_not_added() -> None:
    closed = replace(DEFAULT, include_new_calls=False)
    assert narrow(DEFAULT, closed) == closed
    with pytest.raises(TermsError, match="include_new_calls"):
        narrow(closed, DEFAULT)


def test_all_that_is_wider_is_named_at_once() -> None:
    with pytest.raises(TermsError) as caught:
        narrow(CHOSEN, replace(CHOSEN, numbers="all", retention_days=None))
    assert set(caught.value.errors) == {"numbers", "retention_days"}


@given(terms, terms)
def test_terms_within_each_other_are_equal(one: Terms, other: Terms) -> None:
    assert one.within(one)
    assert (one.within(other) and other.within(one)) == (one == other)


@pytest.mark.parametrize(
    "change",
    [
        {"numbers": ()},
        {"departments": ()},
        {"expires_at": NOW},
        {"include_new_calls": False, "history_from": dt.date(2026, 11, 26)},
    ],
)
def test_terms_that_no_row_can_meet_are_empty(change: dict[str, Any]) -> None:
    assert not empty(DEFAULT, NOW)
    assert empty(replace(DEFAULT, **change), NOW)


def test_calls_that_are_still_to_come_are_not_nothing() -> None:
    assert not empty(replace(DEFAULT, history_from=dt.date(2026, 11, 26)), NOW)
