"""From a call that ends to a signed request at the app's endpoint, with its ledger entry."""

from __future__ import annotations

import hashlib

import orjson
import pytest
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook

from connect.calls.ingest import ingest
from connect.core import clock, database, ids, settings
from connect.grants import services as grants
from connect.ledger.models import LedgerEntry
from connect.webhooks import worker
from tests.oauth.look import everything
from tests.support import world as worlds
from tests.support.peer import Peer, reply
from tests.support.world import OPTIONAL, REQUIRED, World
from tests.webhooks.office import (
    Subscription,
    attempts,
    deliveries,
    end_call,
    event_id,
    events,
    live_grant,
    recent_call,
    revoke,
    states,
    subscribe,
    webhook_ids,
)


def test_a_call_that_ends_reaches_the_endpoint_as_the_grant_shows_it(world: World, subscription: Subscription) -> None:
    end_call(world.account_id)
    assert worker.drain_once() == 1
    (body,) = subscription.received
    (row,) = deliveries()
    assert body["type"] == "call.ended"
    assert body["sequence"] == 1
    assert body["id"] == event_id(row)
    assert body["account"] == ids.encode("acc", world.account_id)
    assert body["app"] == ids.encode("app", world.app_id)
    assert body["data"]["status"] == "answered"
    assert body["data"]["caller_e164"].startswith("+91•"), "the number is masked"
    assert "contact_id" not in body["data"], "contacts:read was not given"
    assert len(body["data"]["legs"]) == 1
    assert (row.state, row.attempts, row.last_status) == ("delivered", 1, 200)


def test_what_the_customer_ticked_is_unmasked(world: World, receiver: Peer) -> None:
    worlds.give(world, REQUIRED | OPTIONAL)
    subscription = subscribe(world, receiver)
    end_call(world.account_id)
    worker.drain_once()
    assert subscription.received[0]["data"]["caller_e164"] == "+915000000010"


def test_the_official_verifier_accepts_the_delivery(world: World, subscription: Subscription) -> None:
    end_call(world.account_id)
    worker.drain_once()
    (request,) = subscription.peer.requests
    verified = Webhook(subscription.secret).verify(request.body, request.headers)
    assert verified["type"] == "call.ended"
    assert request.headers["content-type"] == "application/json"


def test_the_entry_is_of_exactly_the_bytes_that_left(world: World, subscription: Subscription) -> None:
    end_call(world.account_id)
    worker.drain_once()
    (request,), (attempt,) = subscription.peer.requests, attempts()
    with database.read() as connection:
        entry = connection.execute(select(LedgerEntry.__table__).where(LedgerEntry.id == attempt.entry_id)).one()
    said = orjson.loads(entry.body)
    assert said["sha256"] == hashlib.sha256(request.body).hexdigest()
    assert said["request_id"] == request.headers["webhook-id"]
    assert (said["channel"], said["attempt"], said["bytes"]) == ("webhook", 1, len(request.body))
    assert set(said["fields"]) >= {"caller_e164", "status"}


def test_the_entry_is_durable_before_the_first_byte(world: World, subscription: Subscription) -> None:
    seen = []

    def look(_request: object, send: object) -> None:
        with database.read() as connection:
            seen.append(connection.scalar(select(LedgerEntry.id).where(LedgerEntry.channel == "webhook")))
        send(reply())  # type: ignore[operator]

    subscription.peer.answer = look
    end_call(world.account_id)
    worker.drain_once()
    assert seen == [attempts()[0].entry_id]


def test_the_rollback_of_the_call_leaves_no_event(world: World, subscription: Subscription) -> None:
    with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
        ingest(session, world.account_id, [recent_call()], emit=True)
        1 / 0  # noqa: B018 - something fails after the event was emitted
    assert (events(), worker.drain_once(), subscription.received) == (0, 0, [])


def test_an_import_tells_nobody(world: World, subscription: Subscription) -> None:
    worlds.fill(world.account_id, 20)
    assert events() == 0


def test_a_call_that_is_sent_in_twice_is_told_once(world: World, subscription: Subscription) -> None:
    end_call(world.account_id)
    end_call(world.account_id, disposition="sale")
    worker.drain_once()
    assert len(subscription.received) == 1


def test_an_account_without_a_grant_tells_nobody(world: World, receiver: Peer) -> None:
    subscribe(world, receiver)
    end_call(world.account_id)
    assert events() == 0


def test_calls_outside_the_terms_are_not_told(world: World, receiver: Peer) -> None:
    worlds.give(world, include_new_calls=False)
    subscribe(world, receiver)
    end_call(world.account_id, started_at=clock.now())
    assert events() == 0


def test_an_endpoint_hears_only_the_types_it_subscribed_to(world: World, receiver: Peer) -> None:
    worlds.give(world)
    subscribe(world, receiver, ["grant.revoked"])
    end_call(world.account_id)
    assert events() == 0


def test_each_endpoint_of_an_app_counts_its_own_deliveries(world: World, receiver: Peer) -> None:
    worlds.give(world)
    first, second = subscribe(world, receiver), subscribe(world, receiver)
    for nth in range(3):
        end_call(world.account_id, nth)
    worker.drain_once()
    assert sorted(body["sequence"] for body in first.received) == [1, 1, 2, 2, 3, 3]
    assert first.row().sequence == second.row().sequence == 3
    assert len(set(webhook_ids(receiver.requests))) == 3, "the id is the event's, the same at both endpoints"


def test_a_call_with_many_legs_comes_without_them_and_says_where_they_are(
    world: World, subscription: Subscription
) -> None:
    call = recent_call()
    end_call(world.account_id, legs=call.legs * 40)
    worker.drain_once()
    (body,) = subscription.received
    assert "legs" not in body["data"]
    assert body["link"].endswith(f"/v1/calls/{body['data']['id']}")
    assert len(subscription.peer.requests[0].body) < 20_000


def test_revoking_tells_the_app_and_shows_nothing_of_the_account(world: World, subscription: Subscription) -> None:
    revoke(world)
    worker.drain_once()
    (body,) = subscription.received
    assert body["type"] == "grant.revoked"
    assert body["data"] == {"state": "revoked"}
    assert attempts()[0].entry_id is None


def test_what_was_emitted_before_a_revocation_is_cancelled_by_it(world: World, subscription: Subscription) -> None:
    end_call(world.account_id)
    revoke(world)
    assert states() == ["cancelled", "pending"]
    worker.drain_once()
    assert [body["type"] for body in subscription.received] == ["grant.revoked"]
    assert subscription.received[0]["sequence"] == 1, "a number that was never given leaves no gap"


def test_a_revocation_that_is_rolled_back_cancels_nothing(world: World, subscription: Subscription) -> None:
    end_call(world.account_id)
    grant_id = live_grant(world).id
    with database.unit_of_work() as session, database.savepoint(session) as inner:
        grants.revoke(session, world.account_id, grant_id, world.actor)
        inner.rollback()
    assert states() == ["pending"]


@pytest.mark.parametrize("status", [200, 500])
def test_what_an_endpoint_answers_is_not_kept_whatever_it_says_of_caching(
    world: World, subscription: Subscription, status: int
) -> None:
    """P6: nothing that somebody's server sends us outlives the moment, so nothing does that forbids to be kept."""
    said = b"nobody may keep this sentence"
    subscription.peer.says(reply(status, said, Cache_Control="no-store", Pragma="no-cache", X_Note=said.decode()))
    end_call(world.account_id)
    worker.drain_once()
    assert len(subscription.peer.requests) == 1 and attempts()
    assert said.decode() not in str(everything())
    assert not [path for path in settings.current().data_dir.rglob("*") if path.is_file() and said in path.read_bytes()]
