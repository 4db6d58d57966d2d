"""Narrow, pause, resume, revoke, expire: only ever less, each written down once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from connect.core import actor, database, ids
from connect.grants import queries, services
from connect.grants.errors import GrantEnded, NoSuchGrant, NothingGranted, PersonNeeded, TermsTooWide
from connect.grants.models import Grant
from connect.scopes.terms import Terms
from tests.support import world
from tests.support.clock import Clock
from tests.support.entries import entries
from tests.support.threads import together
from tests.support.world import REQUIRED, World

GIVEN = REQUIRED | {"call_log.numbers:read", "offline_access"}
OPERATOR = actor.Actor("operator", name="asha")
LINE = ids.encode("num", UUID(int=1))
Heard = list[tuple[str, Any]]


@pytest.fixture
def grant(there: World) -> Grant:
    return world.give(there, GIVEN, daily_records=1_000)


def act(name: str, grant: Grant, *arguments: Any) -> Grant:
    with database.unit_of_work() as session:
        done: Grant = getattr(services, name)(session, grant.account_id, grant.id, *arguments)
        return done


def terms_of(grant: Grant, **changes: Any) -> Terms:
    return replace(Terms.from_json(grant.terms), **changes)


def events(grant: Grant) -> list[str]:
    return [item.event for item in queries.history(grant.account_id, grant.id)]


def test_to_narrow_takes_scopes_and_terms_away(there: World, grant: Grant, heard: Heard) -> None:
    end = grant.expires_at - timedelta(days=10)
    kept = GIVEN - {"call_log.numbers:read"}
    less = act("narrow", grant, there.actor, kept, terms_of(grant, numbers=(LINE,), expires_at=end))
    assert (less.version, less.scopes, less.expires_at) == (2, sorted(kept), end)
    assert "call_log.numbers:read" in less.refused and less.terms["numbers"] == [LINE]
    said = entries(grant_id=grant.id, type="grant")[-1].members
    assert said["event"] == "narrowed" and said["before"]["scopes"] == sorted(GIVEN) and said["method"] is None
    assert said["masks"]["call.caller_e164"] == "number"
    assert heard[-1:] == [("grant_narrowed", 2)]


WIDER = {
    "a scope": lambda grant: (GIVEN | {"contacts:read"}, terms_of(grant)),
    "an earlier beginning": lambda grant: (GIVEN, _moved(grant, "history_from", -1)),
    "a later end": lambda grant: (GIVEN, _moved(grant, "expires_at", 1)),
    "longer retention": lambda grant: (GIVEN, terms_of(grant, retention_days=91)),
    "no limit a day": lambda grant: (GIVEN, terms_of(grant, daily_records=None)),
}


def _moved(grant: Grant, member: str, days: int) -> Terms:
    return terms_of(grant, **{member: getattr(terms_of(grant), member) + timedelta(days=days)})


@pytest.mark.parametrize("what", WIDER)
def test_to_narrow_never_widens(there: World, grant: Grant, what: str) -> None:
    with pytest.raises(TermsTooWide):
        act("narrow", grant, there.actor, *WIDER[what](grant))
    assert events(grant) == ["given"]


def test_lines_that_were_chosen_cannot_become_all(there: World) -> None:
    grant = world.give(there, REQUIRED, numbers=(LINE,))
    with pytest.raises(TermsTooWide):
        act("narrow", grant, there.actor, REQUIRED, terms_of(grant, numbers="all"))


def test_to_narrow_to_nothing_is_refused(there: World, grant: Grant, clock: Clock) -> None:
    with pytest.raises(NothingGranted):
        act("narrow", grant, there.actor, frozenset({"offline_access"}), terms_of(grant))
    ended = terms_of(grant, expires_at=grant.given_at)
    with pytest.raises(NothingGranted):
        act("narrow", grant, there.actor, GIVEN, ended)


def test_to_narrow_to_what_stands_changes_nothing(there: World, grant: Grant, heard: Heard) -> None:
    assert act("narrow", grant, there.actor, GIVEN, terms_of(grant)).version == 1
    assert events(grant) == ["given"] and not heard


def test_pause_and_resume_each_make_one_version_and_twice_is_once(there: World, grant: Grant, heard: Heard) -> None:
    act("pause", grant, OPERATOR, "too many requests")
    assert act("pause", grant, there.actor).version == 2
    act("resume", grant, there.actor)
    assert act("resume", grant, there.actor).version == 3
    assert events(grant) == ["given", "paused", "resumed"]
    assert heard == [("grant_paused", 2), ("grant_resumed", 3)]
    paused = entries(grant_id=grant.id, type="grant")[1].members
    assert (paused["state"], paused["actor"], paused["reason"]) == ("paused", "operator:asha", "too many requests")
    assert paused["before"]["state"] == "active"


@pytest.mark.parametrize("who", [OPERATOR, actor.SYSTEM])
def test_only_a_person_lets_a_paused_grant_read_again(there: World, grant: Grant, who: actor.Actor) -> None:
    act("pause", grant, there.actor)
    with pytest.raises(PersonNeeded):
        act("resume", grant, who)
    assert events(grant) == ["given", "paused"]


def test_a_second_revocation_changes_nothing(there: World, grant: Grant, heard: Heard) -> None:
    ended = act("revoke", grant, there.actor, "customer")
    assert (ended.state, ended.end_reason, ended.version) == ("revoked", "customer", 2)
    assert ended.ended_at == ended.changed_at
    with pytest.raises(GrantEnded):
        act("revoke", grant, there.actor)
    assert events(grant) == ["given", "revoked"] and heard == [("grant_revoked", 2)]


def test_of_two_revocations_at_once_one_is_written(there: World, grant: Grant) -> None:
    answers = together(*[lambda: act("revoke", grant, there.actor)] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["Grant", "GrantEnded"]
    assert events(grant) == ["given", "revoked"]


@pytest.mark.parametrize("over", ["revoked", "by time"])
def test_a_grant_that_has_ended_refuses_every_act(there: World, grant: Grant, clock: Clock, over: str) -> None:
    if over == "revoked":
        act("revoke", grant, there.actor)
    else:
        clock.move(days=91)
    before = events(grant)
    for name, arguments in {"narrow": (REQUIRED, terms_of(grant)), "pause": (), "resume": (), "revoke": ()}.items():
        with pytest.raises(GrantEnded):
            act(name, grant, there.actor, *arguments)
    assert events(grant) == before


def test_a_grant_of_another_account_does_not_exist(there: World, grant: Grant) -> None:
    other = world.make(name="Other Traders")
    with pytest.raises(NoSuchGrant), database.unit_of_work() as session:
        services.revoke(session, other.account_id, grant.id, other.actor)
    assert queries.one(other.account_id, grant.id) is None
    assert queries.account_of(grant.id) == there.account_id


def test_grants_whose_time_is_over_end_once_each(there: World, grant: Grant, clock: Clock, heard: Heard) -> None:
    later = world.give(world.make(name="Other Traders"), REQUIRED, expires_at=grant.expires_at + timedelta(days=30))
    with database.unit_of_work() as session:
        assert services.expire_due(session) == 0
    clock.move(days=91)
    view = queries.one(there.account_id, grant.id)
    assert view is not None and (view.state, view.standing, view.live) == ("active", "expired", False)
    with database.unit_of_work() as session:
        assert services.expire_due(session) == 1
    with database.unit_of_work() as session:
        assert services.expire_due(session) == 0
    assert events(grant) == ["given", "expired"] and events(later) == ["given"]
    said = entries(grant_id=grant.id, type="grant")[-1].members
    assert (said["actor"], said["state"]) == ("system", "expired")
    assert heard[-1] == ("grant_expired", 2)


def test_two_that_look_for_due_grants_at_once_end_each_once(database: Any, clock: Clock) -> None:
    there = [world.make(name=f"Traders {place}") for place in range(4)]
    given = [world.give(each) for each in there]
    clock.move(days=91)

    def expire() -> int:
        with database.unit_of_work() as session:
            return services.expire_due(session)

    counts = together(expire, expire)
    assert sum(counts) == 4
    assert all(events(grant) == ["given", "expired"] for grant in given)


def test_grants_are_listed_newest_first_by_account_and_by_app(there: World, grant: Grant) -> None:
    other = world.make(name="Other Traders")
    newer = world.give(other)
    assert [view.id for view in queries.listing()] == [newer.id, grant.id]
    assert [view.id for view in queries.listing(account_id=there.account_id)] == [grant.id]
    (found,) = queries.listing(client_id=other.client_id)
    assert found.id == newer.id
    assert found.as_dict()["id"] == ids.encode("grant", newer.id) and found.as_dict()["state"] == "active"
