"""The scope table, and scope strings as RFC 6749 3.3 writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect.scopes.catalogue import RESOURCES
from connect.scopes.errors import ScopesError
from connect.scopes.scopes import (
    APP_SCOPES,
    CONSENT_SCOPES,
    CUSTOMER_SCOPES,
    GROUPS,
    SCOPES,
    TIER_RULES,
    Kind,
    Review,
    Tier,
    highest_tier,
    in_order,
    join,
    parse,
    unknown,
)

TIERS = {
    Tier.T0: "account:read numbers:read departments:read call_log.stats:read",
    Tier.T1: "call_log:read users:read recordings:read voicemail:read billing.usage:read call_log:write",
    Tier.T2: "call_log.numbers:read call_log.notes:read call_log.notes:write contacts:read contacts.details:read contacts:write "
    "users.contact:read billing:read",
    Tier.T3: "recordings.audio:read voicemail.audio:read transcripts:read call_log.bulk:read calls.live:read "
    "notifications.content:read",
}


@pytest.mark.parametrize("tier", Tier)
def test_a_tier_has_the_scopes_of_the_design(tier: Tier) -> None:
    assert {scope.name for scope in SCOPES.values() if scope.tier is tier} == set(TIERS[tier].split())


def test_a_restricted_scope_demands_an_owner_chosen_lines_and_at_most_90_days() -> None:
    rule = TIER_RULES[Tier.T3]
    assert rule.owner_only and rule.lines_required and rule.shown_apart and rule.purpose_required
    assert (rule.most_days, rule.review) == (90, Review.SECURITY)


def test_only_sensitive_and_restricted_scopes_demand_a_purpose() -> None:
    assert [tier for tier in Tier if TIER_RULES[tier].purpose_required] == [Tier.T2, Tier.T3]


def test_the_scopes_of_apps_and_keys_never_stand_on_a_consent_page() -> None:
    assert {"app:read", "app:grants", "app:webhooks"} == APP_SCOPES
    assert CUSTOMER_SCOPES | {"offline_access"} == CONSENT_SCOPES
    assert {"ledger:read", "grants:read", "ingest:write"} == {
        name for name in SCOPES if SCOPES[name].kind is Kind.RIGHT
    }
    assert CONSENT_SCOPES.isdisjoint(name for name in SCOPES if SCOPES[name].kind in {Kind.APP, Kind.RIGHT})


def test_a_scope_names_its_resource_part_and_action() -> None:
    scope = SCOPES["call_log.numbers:read"]
    assert (scope.resource, scope.part, scope.action) == ("call_log", "numbers", "read")
    assert (SCOPES["offline_access"].part, SCOPES["offline_access"].action) == ("", "")


def test_every_group_has_scopes_and_every_scope_a_known_group() -> None:
    assert {scope.group for scope in SCOPES.values()} == set(GROUPS)


def test_every_scope_that_reads_a_resource_shows_one_of_its_fields() -> None:
    shown = {field.scope for resource in RESOURCES.values() for field in resource.fields}
    assert shown <= CUSTOMER_SCOPES
    assert CUSTOMER_SCOPES - shown == {
        "call_log:write",
        "call_log.notes:write",
        "contacts:write",
        "call_log.bulk:read",
        "calls.live:read",
    }


def test_a_scope_string_is_read_whatever_its_order_and_repetitions() -> None:
    assert parse("users:read account:read users:read") == {"users:read", "account:read"}
    assert parse("") == frozenset()


@pytest.mark.parametrize("text", [" ", "a  b", " a", "a ", "a\tb", "a\nb", 'a"b', "a\\b", "a\x00", "é", "a\x7f"])
def test_a_malformed_scope_string_is_refused(text: str) -> None:
    with pytest.raises(ScopesError, match="one space between"):
        parse(text)


@given(st.frozensets(st.sampled_from(sorted(SCOPES))))
def test_scopes_survive_being_written_and_read(scopes: frozenset[str]) -> None:
    assert parse(join(scopes)) == scopes


def test_unknown_scopes_are_named() -> None:
    assert unknown({"account:read", "zebra:ride", "account:write"}) == ("account:write", "zebra:ride")
    assert unknown({"ledger:read", "app:read"}) == ("app:read", "ledger:read")
    assert unknown({"app:read"}, among=APP_SCOPES) == ()


def test_scopes_are_listed_from_the_lowest_tier_to_the_highest() -> None:
    listed = in_order({"transcripts:read", "offline_access", "account:read", "contacts:read", "call_log:read"})
    assert [scope.name for scope in listed] == [
        "account:read",
        "call_log:read",
        "contacts:read",
        "transcripts:read",
        "offline_access",
    ]


def test_the_highest_tier_ignores_scopes_without_one() -> None:
    assert highest_tier({"account:read", "billing:read", "offline_access"}) is Tier.T2
    assert highest_tier({"offline_access"}) is None
