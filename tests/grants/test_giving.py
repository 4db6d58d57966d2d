"""Consent makes a grant, or the next version of one; each act is one version, one ledger entry, one signal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from connect.core import clock as core_clock
from connect.core import database
from connect.grants import queries, services
from connect.grants.errors import GrantMoved, NothingGranted, TermsTooWide
from connect.grants.models import Grant
from connect.grants.services import Consent
from tests.support import world
from tests.support.clock import Clock
from tests.support.entries import entries, one_entry
from tests.support.threads import together
from tests.support.world import REQUIRED, World

MORE = REQUIRED | {"call_log.numbers:read"}
Heard = list[tuple[str, Any]]


def give(consent: Consent) -> Grant:
    with database.unit_of_work() as session:
        return services.give(session, consent)


def test_a_consent_makes_a_grant_with_one_version_one_entry_and_one_signal(there: World, heard: Heard) -> None:
    grant = give(there.consent(REQUIRED))
    view = queries.one(there.account_id, grant.id)
    assert view is not None and view.live
    assert (view.version, view.state, view.scopes) == (1, "active", sorted(REQUIRED))
    assert view.refused == sorted(world.OPTIONAL)
    (version,) = queries.history(there.account_id, grant.id)
    assert (version.event, version.notice_hash, version.actor_id) == ("given", "0" * 64, there.person_id)
    located = one_entry(grant_id=grant.id, type="grant")
    assert located.entry.id == version.entry_id
    said = located.entry.members
    assert (said["event"], said["version"], said["previous_version"], said["before"]) == ("given", 1, None, None)
    assert said["granted"] == sorted(REQUIRED) and said["refused"] == sorted(world.OPTIONAL)
    assert said["masks"]["call.caller_e164"] == "number" and said["method"] == "consent page"
    assert heard == [("grant_given", 1)]


def test_the_consent_of_a_second_person_is_the_next_version(there: World, colleague: UUID, heard: Heard) -> None:
    first = give(there.consent(REQUIRED))
    grant = give(replace(there.consent(MORE, version=1), person_id=colleague))
    assert grant.id == first.id and grant.version == 2
    events = [(item.event, item.actor_id) for item in queries.history(there.account_id, grant.id)]
    assert events == [("given", there.person_id), ("changed", colleague)]
    said = entries(grant_id=grant.id, type="grant")[-1].members
    assert said["previous_version"] == 1 and said["before"]["scopes"] == sorted(REQUIRED)
    assert said["before"]["masks"]["call.caller_e164"] == "number" and "call.caller_e164" not in said["masks"]
    assert heard == [("grant_given", 1), ("grant_changed", 2)]


@pytest.mark.parametrize("shown", [0, 2])
def test_a_consent_to_another_version_than_stands_is_refused_and_changes_nothing(there: World, shown: int) -> None:
    grant = give(there.consent(REQUIRED))
    with pytest.raises(GrantMoved):
        give(there.consent(MORE, version=shown))
    assert [item.version for item in queries.history(there.account_id, grant.id)] == [1]
    assert len(entries(grant_id=grant.id, type="grant")) == 1


def test_of_two_tabs_at_once_one_makes_the_grant(there: World) -> None:
    answers = together(*[lambda: give(there.consent(REQUIRED))] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["Grant", "GrantMoved"]
    assert len(queries.listing(account_id=there.account_id)) == 1
    assert len(entries(account_id=there.account_id, type="grant")) == 1


def test_of_two_changes_at_once_one_is_made(there: World) -> None:
    grant = give(there.consent(REQUIRED))
    answers = together(*[lambda: give(there.consent(MORE, version=1))] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["Grant", "GrantMoved"]
    assert len(queries.history(there.account_id, grant.id)) == 2


def test_consent_to_a_paused_grant_lets_it_read_again(there: World) -> None:
    grant = give(there.consent(REQUIRED))
    with database.unit_of_work() as session:
        services.pause(session, there.account_id, grant.id, there.actor)
    again = give(there.consent(REQUIRED, version=2))
    assert (again.id, again.state, again.version) == (grant.id, "active", 3)


def test_consent_after_the_time_is_over_ends_the_old_grant_and_makes_another(
    there: World, clock: Clock, heard: Heard
) -> None:
    old = give(there.consent(REQUIRED))
    clock.move(days=91)
    assert queries.live_of_app(there.account_id, there.app_id) is None
    new = give(there.consent(REQUIRED))
    assert new.id != old.id
    was = queries.one(there.account_id, old.id)
    assert was is not None and (was.state, was.version) == ("expired", 2)
    assert heard == [("grant_given", 1), ("grant_expired", 2), ("grant_given", 1)]


def test_another_grant_can_follow_one_that_has_ended(there: World) -> None:
    first = give(there.consent(REQUIRED))
    with database.unit_of_work() as session:
        services.revoke(session, there.account_id, first.id, there.actor)
    assert give(there.consent(REQUIRED)).id != first.id


@pytest.mark.parametrize("scopes", [frozenset(), frozenset({"offline_access"})])
def test_a_consent_to_nothing_is_no_grant(there: World, scopes: frozenset[str]) -> None:
    with pytest.raises(NothingGranted):
        give(there.consent(scopes))
    assert not queries.listing(account_id=there.account_id)


@pytest.mark.parametrize(
    ("scopes", "days"),
    [
        (REQUIRED, 731),
        (REQUIRED, 0),
        (REQUIRED | {"recordings.audio:read"}, 90),  # a restricted scope on all lines
        (REQUIRED | {"call_log.bulk:read"}, 91),
    ],
)
def test_terms_beyond_what_the_scopes_allow_are_refused(there: World, scopes: frozenset[str], days: int) -> None:
    with pytest.raises(TermsTooWide):
        give(there.consent(scopes, expires_at=core_clock.now() + timedelta(days=days)))
    assert not entries(account_id=there.account_id, type="grant")


def test_a_refusal_is_entered_and_leaves_a_live_grant_as_it_was(there: World, heard: Heard) -> None:
    grant = give(there.consent(REQUIRED))
    with database.unit_of_work() as session:
        services.refuse(session, there.account_id, there.app_id, there.person_id, MORE)
    view = queries.one(there.account_id, grant.id)
    assert view is not None and view.version == 1 and view.live
    given, denied = entries(account_id=there.account_id, type="grant")
    assert denied.members["event"] == "denied" and denied.members["refused"] == sorted(MORE)
    assert denied.grant_id is None and denied.person_id == there.person_id
    assert heard == [("grant_given", 1)] and given.grant_id == grant.id


def test_an_act_that_is_rolled_back_leaves_nothing(there: World) -> None:
    with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
        services.give(session, there.consent(REQUIRED))
        raise ZeroDivisionError
    assert not queries.listing(account_id=there.account_id)
    assert not entries(account_id=there.account_id, type="grant")
