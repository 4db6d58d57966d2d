"""The role table says what each role was meant to do, and nothing else decides (R13)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from connect.accounts.person import CurrentPerson, Seat
from connect.accounts.roles import PLACE_OF, ROLES, Place, Right, beyond, givers, right_to_give, with_right
from connect.core import clock, settings
from connect.scopes.scopes import SCOPES, Tier

EXPECTED = {
    "owner": "look grants:ask grants:give grants:give-restricted grants:change people:manage",
    "admin": "look grants:ask grants:give grants:change people:manage",
    "member": "look grants:ask",
    "viewer": "look",
    "account_auditor": "ledger:read",
    "examiner": "ledger:read",
    "team_owner": "apps:manage team:manage",
    "developer": "apps:manage",
    "reviewer": "staff apps:review apps:suspend",
    "auditor": "ledger:read-all",
    "operator": "staff apps:suspend platform:operate disclosures:approve",
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_what_the_table_says_and_no_more(role: str) -> None:
    assert {right.value for right in ROLES[role].rights} == set(EXPECTED[role].split())


def test_every_role_is_expected_and_every_right_is_some_roles() -> None:
    assert set(EXPECTED) == set(ROLES)
    assert all(with_right(right) for right in Right)


def test_a_right_is_held_at_one_kind_of_place_only() -> None:
    for right in Right:
        assert {ROLES[name].place for name in with_right(right)} == {PLACE_OF[right]}


def test_no_role_of_the_staff_can_consent_for_a_customer_or_read_customers_pages() -> None:
    customer = {Right.LOOK, Right.GIVE, Right.GIVE_RESTRICTED, Right.CHANGE_GRANTS}
    assert not any(role.rights & customer for role in ROLES.values() if role.place is not Place.ACCOUNT)


@pytest.mark.parametrize("tier", Tier)
def test_owners_give_every_tier_admins_up_to_t2_and_others_none(tier: Tier) -> None:
    expected = {"owner"} if tier is Tier.T3 else {"owner", "admin"}
    of_tier = frozenset(name for name, scope in SCOPES.items() if scope.tier is tier)
    assert givers(of_tier) == expected == with_right(right_to_give(tier))
    for name, role in ROLES.items():
        assert beyond(role.rights, of_tier) == (frozenset() if name in expected else of_tier)


def test_of_several_scopes_those_that_go_beyond_are_named() -> None:
    asked = {"call_log:read", "recordings.audio:read", "offline_access"}
    assert beyond(ROLES["owner"].rights, asked) == frozenset()
    assert beyond(ROLES["admin"].rights, asked) == {"recordings.audio:read"}
    assert beyond(ROLES["member"].rights, asked) == asked
    assert givers(asked) == {"owner"} and givers({"offline_access"}) == {"owner", "admin"}


def person(*seats: Seat) -> CurrentPerson:
    settings.activate(settings.load())
    now = clock.now()
    return CurrentPerson(uuid4(), "a@b.example", "A", uuid4(), None, now, now, seats)


def seat(role: str, account_id: object = None, team_id: object = None, name: str = "") -> Seat:
    return Seat(uuid4(), role, account_id, team_id, name, None)  # type: ignore[arg-type]


def test_a_right_in_one_account_is_none_in_another() -> None:
    mine, other, team = uuid4(), uuid4(), uuid4()
    who = person(seat("owner", mine), seat("viewer", other), seat("developer", team_id=team))
    assert who.may(Right.GIVE, account_id=mine) and not who.may(Right.GIVE, account_id=other)
    assert who.may(Right.MANAGE_APPS, team_id=team) and not who.may(Right.MANAGE_APPS, team_id=uuid4())
    assert not who.may(Right.GIVE, account_id=uuid4())
    assert who.rights_in(other) == {Right.LOOK}


def test_accounts_are_listed_once_by_name() -> None:
    a, b = uuid4(), uuid4()
    who = person(
        seat("owner", b, name="beta"), seat("account_auditor", b, name="beta"), seat("viewer", a, name="Alpha")
    )
    assert list(who.accounts().values()) == ["Alpha", "beta"]
    assert list(who.accounts(Right.READ_LEDGER)) == [b]
    assert person(seat("reviewer")).is_staff and not who.is_staff
