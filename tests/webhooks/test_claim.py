"""Who is served when: endpoints in turn, a few deliveries each, retries beside first attempts, workers beside workers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import update

from connect.core import database
from connect.webhooks import claim, worker
from connect.webhooks.claim import Claimed
from connect.webhooks.models import EndpointSecret
from tests.support.clock import Clock
from tests.support.databases import postgres_only
from tests.support.peer import Peer, peer, reply
from tests.support.threads import together
from tests.support.world import World
from tests.webhooks.office import Subscription, attempts, deliveries, end_call, revoke, states, subscribe, webhook_ids


@pytest.fixture
def other(world: World) -> Iterator[Subscription]:
    """A second endpoint of the same app, at a peer of its own."""
    with peer() as running:
        yield subscribe(world, running)


def take(limit: int = 100) -> list[Claimed]:
    with database.unit_of_work() as session:
        return claim.claim(session, limit)


def end_calls(account_id: UUID, count: int, start: int = 0) -> None:
    for nth in range(start, start + count):
        end_call(account_id, nth)


def test_an_endpoint_has_five_on_their_way_at_most(world: World, subscription: Subscription) -> None:
    end_calls(world.account_id, 8)
    assert len(take()) == 5
    assert take() == []


def test_a_long_backlog_does_not_keep_another_endpoint_waiting(
    world: World, subscription: Subscription, other: Subscription
) -> None:
    end_calls(world.account_id, 12)
    assert Counter(item.endpoint_id for item in take(limit=8)) == {subscription.id: 4, other.id: 4}


def test_endpoints_that_do_not_answer_do_not_keep_the_round_from_going_on(
    world: World, subscription: Subscription, other: Subscription
) -> None:
    end_calls(world.account_id, 6)
    served = [Counter(item.endpoint_id for item in take(limit=1)) for _ in range(4)]
    assert sum(served, Counter()) == {subscription.id: 2, other.id: 2}


def test_sequence_numbers_are_given_in_order_and_without_a_gap(world: World, subscription: Subscription) -> None:
    end_calls(world.account_id, 9)
    worker.drain_once()
    assert sorted(body["sequence"] for body in subscription.received) == list(range(1, 10))
    assert [row.sequence for row in deliveries()] == list(range(1, 10))


def test_retries_get_a_quarter_of_the_places_beside_first_attempts(
    world: World, subscription: Subscription, receiver: Peer, clock: Clock
) -> None:
    receiver.says(reply(500))
    end_calls(world.account_id, 4)
    worker.drain_once()
    clock.move(seconds=6)
    end_calls(world.account_id, 4, start=10)
    assert Counter(item.attempt for item in take(limit=4)) == {1: 3, 2: 1}


def test_places_that_one_lane_leaves_go_to_the_other(
    world: World, subscription: Subscription, receiver: Peer, clock: Clock
) -> None:
    receiver.says(reply(500))
    end_calls(world.account_id, 3)
    assert len(take(limit=4)) == 3, "first attempts alone"
    clock.move(seconds=61)
    worker.drain_once()
    clock.move(seconds=301)
    assert len(take(limit=4)) == 3, "retries alone"


def test_a_claim_given_back_is_no_attempt(world: World, subscription: Subscription, clock: Clock) -> None:
    end_call(world.account_id)
    claimed = take()
    with database.unit_of_work() as session:
        claim.give_back(session, claimed)
    clock.move(seconds=6)
    worker.drain_once()
    assert [(row.state, row.attempts, row.sequence) for row in deliveries()] == [("delivered", 1, 1)]


def test_an_idle_worker_finds_nothing_due(world: World, subscription: Subscription, clock: Clock) -> None:
    assert not claim.anything_due()
    end_call(world.account_id)
    assert claim.anything_due()
    take()
    assert not claim.anything_due()
    clock.move(seconds=61)
    assert claim.anything_due()


@postgres_only
def test_two_workers_at_once_never_send_one_delivery_twice(world: World, subscription: Subscription) -> None:
    end_calls(world.account_id, 40)
    together(*(worker.drain_once for _ in range(4)))
    worker.drain_once()
    ids = webhook_ids(subscription.peer.requests)
    assert len(ids) == len(set(ids)) == 40
    assert states() == ["delivered"] * 40
    assert sorted(body["sequence"] for body in subscription.received) == list(range(1, 41))


@postgres_only
def test_a_revocation_beside_a_claim_neither_waits_for_ever_nor_is_overlooked(
    world: World, subscription: Subscription
) -> None:
    end_calls(world.account_id, 30)
    results = together(worker.drain_once, lambda: revoke(world), worker.drain_once)
    assert not [result for result in results if isinstance(result, Exception)]
    worker.drain_once()
    assert set(states()) <= {"delivered", "cancelled"}
    told = [body["type"] for body in subscription.received]
    assert told.count("grant.revoked") == 1
    assert len(attempts()) == len(told)


@postgres_only
def test_a_revocation_does_not_wait_for_a_claim_or_an_outcome_that_is_being_written(
    world: World, subscription: Subscription, clock: Clock
) -> None:
    end_calls(world.account_id, 10)
    with database.unit_of_work() as session:
        claim.give_back(session, claim.claim(session, 3))
        assert together(lambda: revoke(world)) == [None]  # before this transaction ends
    assert Counter(states()) == {
        "cancelled": 5,
        "pending": 6,
    }  # a claim looks at five, takes three; and one tells of the end
    clock.move(seconds=6)
    worker.drain_once()
    assert Counter(states()) == {"cancelled": 10, "delivered": 1}
    assert Counter(body["type"] for body in subscription.received) == {"grant.revoked": 1, "withheld": 3}


def test_one_delivery_that_cannot_be_made_does_not_hold_up_the_others(
    world: World, subscription: Subscription, other: Subscription
) -> None:
    with database.unit_of_work() as session:
        session.execute(update(EndpointSecret).where(EndpointSecret.endpoint_id == other.id).values(sealed=bytes(60)))
    end_calls(world.account_id, 2)
    worker.drain_once()
    assert len(subscription.received) == 2
    assert other.received == []
    assert {row.last_error for row in deliveries() if row.endpoint_id == other.id} == {"internal"}
