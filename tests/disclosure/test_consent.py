"""What a page of consent says, as data: the same for whoever is asked, made without a request, and without the words of any page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps_registry import queries as registry
from apps_registry.details import Asked
from connect.accounts.roles import ROLES
from connect.core import clock
from connect.disclosure.asking import EVERY_ANSWER, Asking, Permission, ask, permission
from connect.disclosure.consent import ConsentView, view
from connect.disclosure.preview import sample
from connect.disclosure.proposal import Choice
from connect.scopes.errors import TermsError
from tests.support import world

RESTRICTED = "recordings.audio:read"
TWO = (Asked("call_log:read", True, "Lists."), Asked("contacts:read", False, "Names callers."))


def asking(asked: tuple[Asked, ...] = TWO, scopes: set[str] | None = None, **changes: Any) -> Asking:
    """What an app with these scopes asks, all of them or `scopes`."""
    page = registry.app_page(world.make(asked=asked).app_id)
    version = page.versions[0].when_in_force()
    wanted = version.scopes if scopes is None else frozenset(scopes)
    made = ask(page, version, wanted, asked_at=clock.now(), timezone="Asia/Kolkata", language="en")
    return replace(made, **changes)


def shown(asked: Asking, *ticked: str, allowed: Permission = EVERY_ANSWER) -> ConsentView:
    return view(asked, asked.first_choice(frozenset(ticked)), sample, allowed)


def rows(said: ConsentView) -> dict[str, Any]:
    return {row.scope: row for group in said.groups for row in group.rows}


def test_each_scope_stands_with_its_purpose_and_whether_it_is_needed(database: ModuleType) -> None:
    found = rows(shown(asking()))
    assert [(row.scope, row.required, row.ticked, row.purpose) for row in found.values()] == [
        ("call_log:read", True, True, "Lists."),
        ("contacts:read", False, False, "Names callers."),
    ]


def test_an_unusual_length_of_time_is_said_by_its_day_and_a_daily_limit_is_said(database: ModuleType) -> None:
    whole = asking()
    odd = replace(whole.terms, expires_at=whole.asked_at + timedelta(days=45, seconds=1), daily_records=500)
    terms = shown(replace(whole, terms=odd)).terms
    ends = whole.asked_at.astimezone(ZoneInfo("Asia/Kolkata")).date() + timedelta(days=45)
    assert [choice.words for choice in terms.expiry_choices if choice.chosen] == [f"Until {ends:%-d %b %Y}"]
    assert terms.daily_words == "500 records"


def test_the_question_is_of_calls_only_where_calls_are_asked(database: ModuleType) -> None:
    assert shown(asking()).about_calls and not shown(asking(scopes={"contacts:read"})).about_calls


def test_what_the_version_does_not_have_cannot_be_asked(database: ModuleType) -> None:
    assert asking(scopes={"contacts:read", "billing:read"}).scopes == {"contacts:read"}


def test_a_ticked_box_moves_a_sentence_from_what_is_not_given_and_may_change_the_preview(database: ModuleType) -> None:
    asked = asking((Asked("numbers:read", False, "Lists lines."), TWO[1]))
    before, after = shown(asked), shown(asked, "contacts:read")
    assert len(before.not_granted) == len(after.not_granted) + 1
    assert not before.preview.rows and after.preview.caption == "Contacts"


def test_a_choice_wider_than_what_was_asked_is_not_shown(database: ModuleType) -> None:
    asked = asking()
    with pytest.raises(TermsError):
        view(asked, Choice(frozenset(), "3650", "90"), sample, EVERY_ANSWER)


def test_a_version_that_was_never_published_is_said_not_to_be_reviewed(database: ModuleType) -> None:
    page = registry.app_page(world.make(publish=False).app_id)
    assert not page.versions[0].when_in_force().reviewed and shown(asking()).app.reviewed


@pytest.mark.parametrize(
    ("role", "required", "may_give", "may_refuse", "missing"),
    [
        ("owner", True, True, True, set()),
        ("admin", True, False, True, {RESTRICTED}),
        ("admin", False, True, True, set()),
        ("member", False, False, True, {"call_log:read"}),
        ("viewer", False, False, False, {"call_log:read"}),
    ],
)
def test_a_role_answers_as_the_table_says_and_the_scopes_that_bar_a_yes_are_named(
    database: ModuleType, role: str, required: bool, may_give: bool, may_refuse: bool, missing: set[str]
) -> None:
    whole = asking()
    restricted = {"required": frozenset({"call_log:read"}), "optional": frozenset({RESTRICTED})}
    if required:
        restricted = {"required": frozenset({"call_log:read", RESTRICTED}), "optional": frozenset()}
    allowed = permission(replace(whole, **restricted), ROLES[role].rights)
    assert (allowed.may_give, allowed.may_refuse, allowed.missing) == (may_give, may_refuse, missing)


def test_where_nothing_is_required_a_yes_needs_one_scope_that_the_role_may_give(database: ModuleType) -> None:
    asked = asking(required=frozenset(), optional=frozenset({"call_log:read", RESTRICTED}))
    assert permission(asked, ROLES["admin"].rights).may_give
    only = replace(asked, optional=frozenset({RESTRICTED}))
    assert permission(only, ROLES["admin"].rights).missing == {RESTRICTED}


def test_a_box_beyond_a_role_names_the_roles_that_reach_it(database: ModuleType) -> None:
    asked = asking(optional=frozenset({"contacts:read", RESTRICTED}))
    found = rows(shown(asked, allowed=permission(asked, ROLES["admin"].rights)))
    assert (found[RESTRICTED].givers, found["contacts:read"].givers) == ({"owner"}, frozenset())
    assert not rows(shown(asked))[RESTRICTED].givers
