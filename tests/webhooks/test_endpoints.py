"""Acts on endpoints, and what is removed by time."""

from __future__ import annotations

import base64
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import func, select
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from connect.core import actor, database
from connect.core import clock as core_clock
from connect.ledger import queries as queries_of_ledger
from connect.ledger.models import LedgerEntry
from connect.ledger.queries import Filters
from connect.webhooks import housekeeping, queries, services, worker
from connect.webhooks.errors import NoSuchEndpoint, TooManyEndpoints, UnknownTypes, UrlRefused
from connect.webhooks.models import Delivery, DeliveryAttempt, EndpointSecret, Event
from tests.support import world as worlds
from tests.support.clock import Clock
from tests.support.peer import Peer
from tests.support.world import World
from tests.webhooks.office import Subscription, end_call, revoke, states, subscribe


def add(world: World, url: str, types: tuple[str, ...] = ()) -> services.NewSecret:
    with database.unit_of_work() as session:
        return services.add(session, world.app_id, url, types, actor.operator())


def rotate(subscription: Subscription) -> services.NewSecret:
    with database.unit_of_work() as session:
        return services.rotate(session, subscription.id, actor.operator())


def test_a_new_endpoint_hears_everything_unless_it_says_otherwise(world: World) -> None:
    assert add(world, "https://hooks.neem.in/a").endpoint.types == ["call.ended", "grant.revoked"]
    assert add(world, "https://hooks.neem.in/b", ("call.ended",)).endpoint.types == ["call.ended"]


def test_where_data_is_sent_and_whether_is_in_the_ledger_with_who_set_it(world: World) -> None:
    added = add(world, "https://hooks.neem.in/a", ("call.ended",)).endpoint
    for _ in range(2):  # the second time changes nothing, so it says nothing
        with database.unit_of_work() as session:
            services.disable(session, added.id, "failing", actor.SYSTEM)
    with database.unit_of_work() as session:
        services.enable(session, added.id, world.actor)
    with database.unit_of_work() as session:
        services.remove(session, added.id, world.actor)
    with database.read() as connection:
        told = list(queries_of_ledger.each(connection, Filters(type="config", app_id=world.app_id)))[::-1]
    assert [entry.members["event"] for entry in told] == ["made", "disabled", "enabled", "removed"]
    assert [entry.members["actor"].partition(":")[0] for entry in told] == ["operator", "system", "person", "person"]
    ((name, (before, after)),) = told[0].members["changes"].items()
    assert name.startswith("webhook endpoint whe_") and before is None
    assert after == {"url": "https://hooks.neem.in/a", "types": ["call.ended"], "state": "enabled"}


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://hooks.neem.in/", "scheme"),
        ("https://169.254.169.254/", "address"),
        ("https://hooks.neem.in:22/", "port"),
        ("https://localhost/", "host"),
        ("not a url", "url"),
    ],
)
def test_a_url_that_may_not_be_called_cannot_be_registered(world: World, url: str, reason: str) -> None:
    with pytest.raises(UrlRefused) as refused:
        add(world, url)
    assert refused.value.reason == reason


def test_an_unknown_type_is_named_with_those_there_are(world: World) -> None:
    with pytest.raises(UnknownTypes, match=r"call\.begun.*call\.ended, grant\.revoked"):
        add(world, "https://hooks.neem.in/", ("call.begun", "call.ended"))


def test_an_app_has_five_endpoints_at_most_and_a_removed_one_counts_no_more(world: World) -> None:
    made = [add(world, f"https://hooks.neem.in/{place}") for place in range(5)]
    with pytest.raises(TooManyEndpoints):
        add(world, "https://hooks.neem.in/6")
    with database.unit_of_work() as session:
        services.remove(session, made[0].endpoint.id, actor.operator())
    add(world, "https://hooks.neem.in/6")


def test_both_secrets_sign_during_the_overlap_and_only_the_new_one_after_it(
    world: World, subscription: Subscription, clock: Clock
) -> None:
    new = rotate(subscription)
    assert new.older_until == pytest.approx(core_clock.now() + timedelta(days=1), abs=timedelta(seconds=5))
    end_call(world.account_id)
    worker.drain_once()
    clock.move(days=1, seconds=1)
    end_call(world.account_id, 2)
    worker.drain_once()
    both, one = (request.headers["webhook-signature"].split() for request in subscription.peer.requests)
    assert (len(both), len(one)) == (2, 1)
    first = subscription.peer.requests[0]
    for secret in (subscription.secret, new.secret):
        Webhook(secret).verify(first.body, first.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(subscription.secret).verify(first.body, {**first.headers, "webhook-signature": one[0]})


def test_a_secret_is_not_in_the_database_and_each_is_in_the_ledger(world: World, subscription: Subscription) -> None:
    new = rotate(subscription)
    with database.read() as connection:
        sealed = connection.scalars(select(EndpointSecret.sealed)).all()
        bodies = connection.scalars(select(LedgerEntry.body)).all()
    keys = [base64.b64decode(secret.removeprefix("whsec_")) for secret in (subscription.secret, new.secret)]
    assert len(sealed) == 2
    assert not [key for key in keys for box in sealed if key in box]
    assert _secret_events() == ["made", "rotated"]
    assert not [body for body in bodies if new.secret.encode() in body]


def test_removing_an_endpoint_cancels_what_waits_and_ends_it(world: World, subscription: Subscription) -> None:
    end_call(world.account_id)
    with database.unit_of_work() as session:
        services.remove(session, subscription.id, actor.operator())
    worker.drain_once()
    assert (states(), subscription.received) == (["cancelled"], [])
    with pytest.raises(NoSuchEndpoint):
        rotate(subscription)
    with pytest.raises(NoSuchEndpoint):
        queries.status(subscription.id)


def test_what_ends_with_an_endpoint_is_in_the_ledger(world: World, subscription: Subscription) -> None:
    rotate(subscription)
    with database.unit_of_work() as session:
        services.remove(session, subscription.id, actor.operator())
    assert sorted(_secret_events()) == ["ended", "ended", "made", "rotated"]


def test_a_status_counts_deliveries_by_state(world: World, subscription: Subscription) -> None:
    end_call(world.account_id, 1)
    worker.drain_once()
    end_call(world.account_id, 2)
    status = queries.status(subscription.id)
    assert status.counts == {"pending": 1, "sending": 0, "delivered": 1, "failed": 0, "cancelled": 0, "skipped": 0}
    assert (status.sequence, status.failures, status.failing_since) == (1, 0, None)


def test_records_are_kept_for_their_retention_and_removed_after_it(
    world: World, subscription: Subscription, clock: Clock
) -> None:
    end_call(world.account_id)
    worker.drain_once()
    clock.move(days=364)
    assert (_purge(), _rows()) == (0, [1, 1, 1])
    clock.move(days=2)
    assert (_purge(), _rows()) == (1, [0, 0, 0])


def test_what_still_waits_is_never_too_old(world: World, subscription: Subscription, clock: Clock) -> None:
    end_call(world.account_id)
    clock.move(days=400)
    assert (_purge(), _rows()) == (0, [1, 1, 0])


def test_a_secret_past_its_overlap_is_removed(world: World, subscription: Subscription, clock: Clock) -> None:
    rotate(subscription)
    clock.move(days=2)
    with database.unit_of_work() as session:
        housekeeping.purge(session)
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(EndpointSecret)) == 1


def test_an_app_without_an_endpoint_loses_nothing_by_a_revocation(world: World, receiver: Peer) -> None:
    worlds.give(world)
    revoke(world)
    subscribe(world, receiver)
    assert worker.drain_once() == 0


def _purge() -> int:
    with database.unit_of_work() as session:
        return housekeeping.purge(session)


def _rows() -> list[int | None]:
    """How many events, deliveries and attempts there are."""
    with database.read() as connection:
        tables = (Event, Delivery, DeliveryAttempt)
        return [connection.scalar(select(func.count()).select_from(table)) for table in tables]


def _secret_events() -> list[str]:
    """What the ledger says happened to webhook secrets, in order."""
    statement = select(LedgerEntry.body).where(LedgerEntry.type == "secret").order_by(LedgerEntry.id)
    with database.read() as connection:
        said = [orjson.loads(body) for body in connection.scalars(statement)]
    return [entry["event"] for entry in said if entry["kind"] == "webhook_secret"]
