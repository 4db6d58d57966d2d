"""Receivers that are down, slow, rude or gone; workers that die; consent that ends between attempts."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from apps_registry import steps
from apps_registry.lifecycle import Party
from connect.accounts.models import Account
from connect.core import clock as core_clock
from connect.core import database, ids
from connect.core.actor import SYSTEM
from connect.core.egress.client import GuardedSession
from connect.disclosure.models import CatalogueVersion
from connect.grants import services as grants
from connect.grants.models import Grant
from connect.ledger.models import LedgerEntry
from connect.scopes import canonical, catalogue
from connect.scopes.terms import Terms
from connect.webhooks import services, worker
from connect.webhooks.pack import Letter, next_letters
from connect.webhooks.sender import Attempt, send
from connect.webhooks.settle import settle
from tests.support import world as worlds
from tests.support.clock import Clock
from tests.support.peer import peer, reply
from tests.support.world import World
from tests.webhooks.office import (
    Subscription,
    attempts,
    deliveries,
    end_call,
    event_id,
    live_grant,
    revoke,
    states,
    subscribe,
    webhook_ids,
)


def test_a_worker_killed_after_the_claim_loses_nothing(world: World, subscription: Subscription, clock: Clock) -> None:
    end_call(world.account_id)
    assert len(next_letters(10)) == 1, "claimed, its entry durable, and then the worker is gone"
    assert worker.drain_once() == 0, "the lease holds"
    clock.move(seconds=61)
    assert worker.drain_once() == 1
    (row,) = deliveries()
    assert webhook_ids(subscription.peer.requests) == [event_id(row)]
    assert (row.state, row.attempts, row.sequence) == ("delivered", 2, 1)


def test_a_worker_killed_after_the_answer_sends_again_under_the_same_id(
    world: World, subscription: Subscription, clock: Clock
) -> None:
    end_call(world.account_id)
    (letter,) = next_letters(10)
    _send_without_settling(letter)
    clock.move(seconds=61)
    worker.drain_once()
    assert len(set(webhook_ids(subscription.peer.requests))) == 1
    assert [body["sequence"] for body in subscription.received] == [1, 1]


def test_a_late_worker_neither_sends_nor_settles(world: World, subscription: Subscription, clock: Clock) -> None:
    end_call(world.account_id)
    (letter,) = next_letters(10)
    clock.move(seconds=59)
    assert _send_without_settling(letter) is None, "the lease could end during the request"
    clock.move(seconds=2)
    worker.drain_once()
    assert len(subscription.peer.requests) == 1


def test_an_attempt_that_outlived_its_lease_changes_nothing(
    world: World, subscription: Subscription, clock: Clock
) -> None:
    subscription.peer.says(reply(500))
    end_call(world.account_id)
    (letter,) = next_letters(10)
    late = _send_without_settling(letter)
    assert late is not None
    clock.move(seconds=61)
    subscription.peer.says(reply(200))
    worker.drain_once()
    with database.unit_of_work() as session:
        settle(session, [late])
    assert states() == ["delivered"]
    assert [attempt.status for attempt in attempts()] == [200, 500], "it stays on record"


def test_failures_are_tried_again_by_the_schedule(world: World, subscription: Subscription, clock: Clock) -> None:
    subscription.peer.says(reply(500))
    end_call(world.account_id)
    for wait in (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400):
        clock.move(seconds=wait - 2 if wait else 0)
        assert worker.drain_once() == (0 if wait else 1)
        clock.move(seconds=3 if wait else 0)
        assert worker.drain_once() == (1 if wait else 0)
    assert states() == ["failed"]
    assert [attempt.number for attempt in attempts()] == list(range(1, 11))
    assert len(set(webhook_ids(subscription.peer.requests))) == 1


def test_a_later_success_clears_the_endpoints_record(world: World, subscription: Subscription, clock: Clock) -> None:
    subscription.peer.says(reply(500), reply(200))
    end_call(world.account_id)
    worker.drain_once()
    assert subscription.row().failures == 1
    assert subscription.row().failing_since is not None
    clock.move(seconds=6)
    worker.drain_once()
    assert (subscription.row().failures, subscription.row().failing_since) == (0, None)


def test_410_turns_the_endpoint_off_and_keeps_what_waits(world: World, subscription: Subscription) -> None:
    subscription.peer.says(reply(410))
    for nth in range(7):
        end_call(world.account_id, nth)
    worker.drain_once()
    assert subscription.row().state == "disabled"
    assert subscription.row().state_reason == "gone"
    assert len(subscription.peer.requests) == 5, "as many as were on their way at once"
    assert states() == ["failed"] * 5 + ["skipped"] * 2
    end_call(world.account_id, 8)
    assert states()[-1] == "skipped", "what comes later is kept too"


def test_a_retry_after_of_ten_years_pauses_the_endpoint_for_a_day(
    world: World, subscription: Subscription, clock: Clock
) -> None:
    subscription.peer.says(reply(503, Retry_After="315360000"), reply(200))
    end_call(world.account_id)
    worker.drain_once()
    end_call(world.account_id, 2)
    assert worker.drain_once() == 0, "the whole endpoint rests, new deliveries too"
    clock.move(hours=23)
    assert worker.drain_once() == 0
    clock.move(hours=1, seconds=1)
    assert worker.drain_once() == 2


def test_a_redirect_is_not_followed(world: World, subscription: Subscription) -> None:
    with peer() as elsewhere:
        subscription.peer.says(reply(307, Location=elsewhere.url))
        end_call(world.account_id)
        worker.drain_once()
    assert elsewhere.connections == 0
    assert states() == ["failed"]


def test_a_receiver_that_hangs_is_cut_off(world: World, subscription: Subscription) -> None:
    subscription.peer.answer = lambda _request, _send: time.sleep(4)
    end_call(world.account_id)
    began = time.monotonic()
    worker.drain_once()
    assert time.monotonic() - began < 3.5
    (attempt,) = attempts()
    assert (attempt.status, attempt.error) == (None, "timeout")
    assert states() == ["pending"]


def test_an_endpoint_that_fails_for_five_days_is_turned_off(
    world: World, subscription: Subscription, clock: Clock
) -> None:
    subscription.peer.says(reply(500))
    end_call(world.account_id, 1)
    worker.drain_once()
    clock.move(days=5, seconds=1)
    worker.drain_once()
    assert (subscription.row().state, subscription.row().state_reason) == ("disabled", "failing")
    assert states() == ["skipped"]


def test_turning_an_endpoint_on_starts_its_record_anew(world: World, subscription: Subscription) -> None:
    subscription.peer.says(reply(410), reply(200))
    end_call(world.account_id)
    worker.drain_once()
    with database.unit_of_work() as session:
        services.enable(session, subscription.id, SYSTEM)
    end_call(world.account_id, 2)
    worker.drain_once()
    assert subscription.row().failing_since is None
    assert states() == ["failed", "delivered"]


@pytest.mark.parametrize(("down", "result"), [(True, "not_sent"), (False, "not_taken")])
def test_the_ledger_says_when_a_body_did_not_leave_or_was_not_taken(world: World, down: bool, result: str) -> None:
    with peer(reply(500)) as receiver:
        worlds.give(world)
        subscribe(world, receiver)
        end_call(world.account_id)
        if not down:
            worker.drain_once()
    worker.drain_once()
    (attempt,) = attempts()
    with database.read() as connection:
        said = orjson.loads(connection.scalars(select(LedgerEntry.body).where(LedgerEntry.type == "outcome")).one())
    assert (attempt.error, attempt.status) == (("connect", None) if down else ("", 500))
    assert (said["result"], said["of"]) == (result, ids.encode("entry", attempt.entry_id))


def test_consent_that_ends_between_attempts_leaves_a_number_without_data(
    world: World, subscription: Subscription, clock: Clock
) -> None:
    subscription.peer.says(reply(500), reply(200))
    end_call(world.account_id)
    worker.drain_once()
    revoke(world)
    clock.move(seconds=6)
    worker.drain_once()
    told = {body["type"]: body for body in subscription.received[1:]}
    assert set(told) == {"withheld", "grant.revoked"}
    assert set(told["withheld"]) == {"type", "id", "sequence", "app", "timestamp"}
    assert told["withheld"]["sequence"] == 1
    assert sorted(states()) == ["cancelled", "delivered"]
    assert len({attempt.entry_id for attempt in attempts()} - {None}) == 1, "only the first attempt disclosed anything"


@pytest.mark.parametrize("act", ["pause", "expire", "close", "suspend"])
def test_what_is_due_when_consent_no_longer_stands_is_cancelled(
    world: World, subscription: Subscription, clock: Clock, act: str
) -> None:
    end_call(world.account_id)
    _end(world, act, clock)
    worker.drain_once()
    assert states() == ["cancelled"]
    assert subscription.peer.requests == []


def test_terms_narrowed_before_the_send_withhold_the_record(world: World, subscription: Subscription) -> None:
    end_call(world.account_id)
    grant = live_grant(world)
    tomorrow = (core_clock.now() + timedelta(days=1)).date()
    narrower = replace(Terms.from_json(grant.terms), history_from=tomorrow)
    with database.unit_of_work() as session:
        grants.narrow(session, world.account_id, grant.id, world.actor, frozenset(grant.scopes), narrower)
    worker.drain_once()
    assert [body["type"] for body in subscription.received] == ["withheld"]


def test_a_consent_older_than_the_record_withholds_it(world: World, subscription: Subscription) -> None:
    end_call(world.account_id)
    without_calls = catalogue.document() | {"resources": {}}
    version = canonical.sha256(without_calls)
    with database.unit_of_work() as session:
        session.add(CatalogueVersion(version=version, document=without_calls, first_seen_at=core_clock.now()))
        session.execute(update(Grant).values(catalogue_version=version))
    worker.drain_once()
    assert [body["type"] for body in subscription.received] == ["withheld"]
    assert attempts()[0].entry_id is None


def test_when_the_ledger_cannot_be_written_nothing_leaves_and_no_attempt_is_lost(
    world: World, subscription: Subscription, clock: Clock
) -> None:
    end_call(world.account_id)
    with _without_a_ledger(), pytest.raises(DBAPIError):
        worker.drain_once()
    assert subscription.peer.requests == []
    clock.move(seconds=6)
    worker.drain_once()
    assert [(row.state, row.attempts) for row in deliveries()] == [("delivered", 1)]


def test_a_worker_delivers_until_it_is_told_to_stop(world: World, subscription: Subscription) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    end_call(world.account_id)
    deadline = time.monotonic() + 20
    while states() != ["delivered"] and time.monotonic() < deadline:
        time.sleep(0.02)
    stop.set()
    thread.join(timeout=20)
    assert states() == ["delivered"]
    assert not thread.is_alive()


def test_a_suspended_app_hears_nothing(world: World, subscription: Subscription) -> None:
    revoke(world)
    _suspend(world)
    worker.drain_once()
    assert subscription.peer.requests == []


def _end(world: World, act: str, clock: Clock) -> None:
    grant_id = live_grant(world).id
    if act == "expire":
        clock.move(days=91)
    elif act == "suspend":
        _suspend(world)
    else:
        with database.unit_of_work() as session:
            if act == "pause":
                grants.pause(session, world.account_id, grant_id, world.actor)
            else:
                session.execute(update(Account).where(Account.id == world.account_id).values(state="closed"))


def _suspend(world: World) -> None:
    with database.unit_of_work() as session:
        steps.suspend(session, world.app_id, "fraud", SYSTEM, Party.OPERATOR)


@contextmanager
def _without_a_ledger() -> Iterator[None]:
    """The table where new entries wait is gone for a while."""
    with database.unit_of_work() as session:
        session.execute(text("ALTER TABLE ledger_pending RENAME TO ledger_gone"))
    try:
        yield
    finally:
        with database.unit_of_work() as session:
            session.execute(text("ALTER TABLE ledger_gone RENAME TO ledger_pending"))


def _send_without_settling(letter: Letter) -> Attempt | None:
    async def once() -> Attempt | None:
        async with GuardedSession() as session:
            return await send(session, letter)

    return asyncio.run(once())
