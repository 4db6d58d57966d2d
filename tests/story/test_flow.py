"""The main job over HTTP: consent, tokens, reads, revocation, and what the ledger says of each."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qs, urlsplit

from flask import Flask

from connect.core import database, ids
from connect.grants import services as grants
from connect.ledger import queries
from connect.ledger.queries import Filters
from tests.support import world
from tests.support.flow import Flow


def entries(**filters):
    with database.read() as connection:
        return queries.search(connection, Filters(**filters))


def test_an_app_reads_what_the_owner_allowed_and_the_ledger_has_the_bytes(app: Flask) -> None:
    flow = Flow(app, world.make(calls=60))
    flow.connect(ticked=["offline_access"])
    assert "call_log.numbers:read" not in flow.tokens["scope"].split()
    answer = flow.read(limit=20)
    assert answer.status_code == 200, answer.text
    calls = answer.get_json()["data"]
    assert len(calls) == 20 and all(call["_masked"] == ["caller_e164", "caller_name"] for call in calls)
    assert all("•" in call["caller_e164"] for call in calls if call["caller_e164"])
    (entry,) = entries(request_id=answer.headers["Request-Id"])
    assert entry.members["sha256"] == hashlib.sha256(answer.data).hexdigest()
    assert entry.members["count"] == 20
    with database.read() as connection:
        located = queries.locate(connection, entry.id)
    assert [line["id"] for line in located.lines] == [call["id"] for call in calls]


def test_every_page_leads_to_the_next_until_all_calls_were_read_once(app: Flask) -> None:
    flow = Flow(app, world.make(calls=130))
    flow.connect()
    seen, cursor = [], None
    while True:
        page = flow.read(limit=50, **({"cursor": cursor} if cursor else {})).get_json()
        seen += [call["id"] for call in page["data"]]
        cursor = page["page"]["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) > 100


def test_a_revoked_grant_answers_401_with_the_reason_at_the_next_request(app: Flask) -> None:
    there = world.make(calls=5)
    flow = Flow(app, there)
    flow.connect()
    grant = flow.read("/v1/grant").get_json()
    with database.unit_of_work() as session:
        grants.revoke(session, there.account_id, ids.decode("grant", grant["id"]), there.actor, "customer")
    answer = flow.read()
    assert answer.status_code == 401
    assert answer.get_json()["type"].endswith("/grant-ended") and "revoked" in answer.get_json()["detail"]


def test_do_not_allow_tells_the_app_access_denied_and_gives_nothing(app: Flask) -> None:
    there = world.make()
    flow = Flow(app, there)
    flow.sign_in()
    answer = flow.decide(urlsplit(flow.authorize().location).path, "deny")
    told = parse_qs(urlsplit(answer.location).query)
    assert told["error"] == ["access_denied"] and told["state"] == ["st4te"] and told["iss"]
    assert [entry.members["event"] for entry in entries(account_id=there.account_id, type="grant")] == ["denied"]
