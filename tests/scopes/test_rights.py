"""What an app may do, what a yes gives, which scope a filter needs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given

from connect.scopes.catalogue import RESOURCES
from connect.scopes.errors import NotGranted, NothingGranted, TermsError, UnknownNames
from connect.scopes.rights import (
    FILTERS,
    check_filters,
    check_terms,
    decided,
    effective,
    must_be_optional,
    scope_for_filter,
)
from connect.scopes.scopes import CONSENT_SCOPES
from connect.scopes.terms import default_terms
from tests.scopes.examples import encoded, scope_sets, subsets

NOW = dt.datetime(2026, 11, 25, 3, tzinfo=dt.UTC)
TERMS = default_terms(NOW)
LINES = replace(TERMS, numbers=(encoded("num", 1),))
AUDIO = {"recordings:read", "recordings.audio:read"}
CALL_SCOPES = ["call_log:read", "call_log.numbers:read", "contacts:read", "call_log.stats:read"]


@given(scope_sets, scope_sets, scope_sets)
def test_a_request_has_the_scopes_that_app_version_and_customer_agree_on(
    asked: frozenset[str], in_force: frozenset[str], granted: frozenset[str]
) -> None:
    for scope in CONSENT_SCOPES:
        agreed = scope in asked and scope in in_force and scope in granted
        assert (scope in effective(asked, in_force, granted)) == agreed


def test_a_yes_gives_what_is_required_and_what_was_ticked() -> None:
    required, optional = frozenset({"call_log:read"}), frozenset({"users:read", "contacts:read"})
    assert decided(required, optional, ["users:read"]) == {"call_log:read", "users:read"}
    assert decided(required, optional, []) == {"call_log:read"}
    assert decided(frozenset(), optional, ["contacts:read"]) == {"contacts:read"}


def test_nothing_required_and_nothing_ticked_is_a_no() -> None:
    with pytest.raises(NothingGranted):
        decided(frozenset(), frozenset({"users:read"}), [])


def test_lasting_access_to_nothing_is_a_no() -> None:
    with pytest.raises(NothingGranted):
        decided(frozenset({"offline_access"}), frozenset({"users:read"}), [])


def test_a_tick_cannot_exceed_the_request() -> None:
    with pytest.raises(UnknownNames, match="unknown scope: billing:read"):
        decided(frozenset({"call_log:read"}), frozenset(), ["billing:read"])


def test_lasting_access_beside_a_restricted_scope_is_the_customers_to_add() -> None:
    assert must_be_optional(frozenset({"offline_access", *AUDIO})) == {"offline_access"}
    assert not must_be_optional(frozenset({"offline_access", "call_log:read"}))
    assert not must_be_optional(frozenset(AUDIO))


def test_a_restricted_scope_wants_lines_chosen_one_by_one() -> None:
    check_terms({"call_log:read"}, TERMS, NOW)
    check_terms(AUDIO, LINES, NOW)
    with pytest.raises(TermsError) as caught:
        check_terms(AUDIO, TERMS, NOW)
    assert list(caught.value.errors) == ["numbers"]


def test_a_restricted_scope_ends_after_90_days() -> None:
    longer = replace(LINES, expires_at=NOW + dt.timedelta(days=91))
    check_terms({"call_log:read"}, longer, NOW)
    with pytest.raises(TermsError, match="at most 90 days from now"):
        check_terms(AUDIO, longer, NOW)


EVERY_FILTER = [(resource, name) for resource, names in FILTERS.items() for name in names]


@pytest.mark.parametrize(("resource", "name"), EVERY_FILTER)
@pytest.mark.parametrize("scopes", subsets(CALL_SCOPES), ids=lambda each: " ".join(sorted(each)))
def test_a_filter_needs_the_scope_that_shows_its_field_unmasked(
    resource: str, name: str, scopes: frozenset[str]
) -> None:
    needed = RESOURCES[resource].field(FILTERS[resource][name]).scope
    if needed in scopes:
        check_filters(resource, [name], scopes)
    else:
        with pytest.raises(NotGranted) as caught:
            check_filters(resource, [name], scopes)
        assert caught.value.needs == {name: needed}


def test_only_the_search_by_caller_needs_more_than_the_call_log() -> None:
    needs = {name: scope_for_filter("call", name) for name in FILTERS["call"]}
    assert needs.pop("caller") == "call_log.numbers:read"
    assert set(needs.values()) == {"call_log:read"}


def test_the_filters_of_calls_are_those_of_the_design() -> None:
    named = "started_after started_before updated_since number_id department_id agent_id caller status direction"
    assert set(FILTERS["call"]) == set(named.split())


def test_an_unknown_filter_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownNames, match="unknown filter: colour; there are started_after, "):
        scope_for_filter("call", "colour")
    with pytest.raises(UnknownNames, match=r"unknown filter: colour$"):
        scope_for_filter("account", "colour")
