"""`connect webhooks` and the members of its JSON, as documented."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner
from standardwebhooks.webhooks import Webhook

from connect.cli.webhooks import webhooks
from connect.webhooks import worker
from scripts.commands import ANSWERS
from tests.support.peer import Peer
from tests.support.world import World
from tests.webhooks.office import Subscription, end_call


def run(*arguments: str) -> Any:
    done = CliRunner().invoke(webhooks, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    answer = json.loads(done.output)
    assert list(_members(answer)) == re.findall(r"\w+", ANSWERS[f"webhooks {arguments[0]}"])
    return answer


def refused(*arguments: str) -> str:
    done = CliRunner().invoke(webhooks, arguments)
    assert done.exit_code != 0
    return done.output


def _members(answer: dict[str, Any]) -> Any:
    """The names in the order in which they are documented, those of a list or an object after its own."""
    for name, value in answer.items():
        yield name
        inner = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        yield from inner if isinstance(inner, dict) else ()


def test_add_prints_the_secret_once_and_list_never(world: World, receiver: Peer) -> None:
    added = run("add", "--app", world.client_id, "--url", receiver.url, "--type", "call.ended")
    assert added["secret"].startswith("whsec_")
    (listed,) = run("list", "--app", world.client_id)["endpoints"]
    assert listed == {name: added[name] for name in listed}
    assert (listed["types"], listed["state"]) == (["call.ended"], "enabled")


def test_a_sample_reaches_the_endpoint_without_any_grant(world: World, receiver: Peer) -> None:
    added = run("add", "--app", world.client_id, "--url", receiver.url)
    emitted = run("emit", added["id"], "--deliver")
    assert (emitted["state"], emitted["last_status"]) == ("delivered", 200)
    (request,) = receiver.requests
    body = Webhook(added["secret"]).verify(request.body, request.headers)
    assert (body["type"], body["sample"], body["grant"]) == ("call.ended", True, None)
    assert body["data"]["caller_e164"].startswith("+91")
    assert request.headers["webhook-id"] == emitted["webhook_id"]


@pytest.mark.parametrize("name", ["call.ended", "grant.revoked"])
def test_every_type_has_a_sample(world: World, receiver: Peer, name: str) -> None:
    added = run("add", "--app", world.client_id, "--url", receiver.url)
    run("emit", added["id"], "--type", name)
    worker.drain_once()
    assert json.loads(receiver.requests[0].body)["type"] == name


def test_status_and_attempts_say_what_happened(world: World, subscription: Subscription) -> None:
    end_call(world.account_id)
    worker.drain_once()
    (listed,) = run("list")["endpoints"]
    assert run("status", listed["id"])["deliveries"]["delivered"] == 1
    (attempt,) = run("attempts", listed["id"])["attempts"]
    assert (attempt["status"], attempt["number"], attempt["address"]) == (200, 1, "127.0.0.1")
    assert attempt["entry"].startswith("entry_")


def test_rotate_enable_and_remove(world: World, subscription: Subscription) -> None:
    (listed,) = run("list")["endpoints"]
    rotated = run("rotate", listed["id"])
    assert rotated["secret"] != subscription.secret
    assert rotated["older_until"] is not None
    assert run("enable", listed["id"])["state"] == "enabled"
    assert run("remove", listed["id"])["state"] == "removed"
    assert "no such endpoint" in refused("status", listed["id"])


def test_a_refusal_is_a_sentence(world: World, receiver: Peer) -> None:
    assert "There is no such app" in refused("add", "--app", "nobody", "--url", receiver.url)
    assert "only https is allowed" in refused("add", "--app", world.client_id, "--url", "http://hooks.neem.in/")
    assert "an id here starts with whe_" in refused("status", "grant_1")
    assert "is not one of" in refused("add", "--app", world.client_id, "--url", receiver.url, "--type", "call.begun")
