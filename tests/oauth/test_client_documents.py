"""Client ids that are addresses of documents (CIMD): checklist 65, clause by clause, against a real https host on 127.0.0.1."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from apps_registry import queries, steps
from apps_registry.lifecycle import Party
from apps_registry.metadata import UNREVIEWED_SCOPES
from apps_registry.models import App
from connect.core import actor, database, limits
from connect.core import settings as core_settings
from connect.core.settings import Settings, seconds
from connect.ledger.models import LedgerEntry
from tests.oauth.flow import Flow, query
from tests.oauth.holder import Holder
from tests.oauth.look import count
from tests.support import world
from tests.support.clock import Clock
from tests.support.databases import postgres_only
from tests.support.peer import peer, reply
from tests.support.processes import at_once
from tests.support.publisher import REDIRECT_URI, Publisher, publisher

SCOPES = "call_log:read numbers:read offline_access"
JSON = {"Content_Type": "application/json"}


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {
        "token_rate": "",
        "token_failure_rate": "",
        "api_rate": "",
        "address_rate": "",
        "client_document_rate": "",
        "egress_loopback": True,
        "egress_document": seconds(2),
    }


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    with publisher(tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def agent(app: Flask, site: Publisher) -> Flow:
    """The app of the document, before a customer who never heard of it."""
    customer = dataclasses.replace(world.make(), client_id=site.client_id, client_secret=None)
    return Flow(app, customer, REDIRECT_URI)


def ask(agent: Flow, **changes: str | None) -> TestResponse:
    return agent.ask(**({"scope": SCOPES} | changes))


def refused(agent: Flow, **changes: str | None) -> str:
    """The page that says why the app is not taken; nothing is stored."""
    answer = ask(agent, **changes)
    assert answer.status_code == 400, answer.text
    assert count(App) == 1, "the app of the fixture alone"
    return answer.text


def known(site: Publisher) -> queries.AppPage:
    return queries.app_page(queries.app_id_of(site.client_id))


def allowed(agent: Flow, site: Publisher, answer: TestResponse) -> dict[str, Any]:
    """The tokens, once the owner allowed what was asked."""
    page = known(site)
    agent.world = dataclasses.replace(agent.world, app_id=page.id, app_version_id=page.versions[0].id)
    code = query(agent.allow(agent.id_in(answer.location), SCOPES.split()))["code"]
    tokens: dict[str, Any] = agent.exchange(code).json
    return tokens


def test_65_the_first_request_makes_an_app_of_the_document_and_the_whole_flow_works(
    agent: Flow, site: Publisher
) -> None:
    tokens = allowed(agent, site, ask(agent))
    assert agent.works(tokens["access_token"])
    assert agent.works(agent.refresh(tokens["refresh_token"]).json["access_token"])
    page = known(site)
    assert (page.name, page.team, page.origin, page.state, page.kind) == (
        "Agent",
        None,
        "document",
        "unverified",
        "public",
    )
    assert page.redirect_uris == (REDIRECT_URI,)
    assert (site.host.requests[0].method, site.host.requests[0].path) == ("GET", "/client.json")


def test_65_the_app_stands_in_the_ledger_as_what_it_said_of_itself(agent: Flow, site: Publisher) -> None:
    ask(agent)
    with database.read() as connection:
        raw = connection.scalars(
            select(LedgerEntry.body).where(LedgerEntry.type == "app").order_by(LedgerEntry.id)
        ).all()
    said = orjson.loads(raw[-1])
    assert (said["event"], said["actor"], said["origin"]) == ("registered", f"app:{site.client_id}", "document")
    assert said["client_id"] == site.client_id


@pytest.mark.parametrize("id_", ["http://127.0.0.1:{port}/client.json", "HTTPS://127.0.0.1:{port}/client.json"])
def test_65_https_alone(agent: Flow, site: Publisher, id_: str) -> None:
    client_id = id_.format(port=site.host.port)
    site.publish(client_id=client_id)
    assert "No app of this name" in refused(agent, client_id=client_id)
    assert site.fetches == 0


@pytest.mark.parametrize("path", ["", "/", "/a/../client.json", "/./client.json", "/%2E%2e/client.json"])
def test_65_a_plain_path_is_needed(agent: Flow, site: Publisher, path: str) -> None:
    assert "path" in refused(agent, client_id=f"https://127.0.0.1:{site.host.port}{path}")
    assert site.fetches == 0


@pytest.mark.parametrize(
    ("client_id", "why"),
    [
        ("https://asha:pw@agent.in/client.json", "user or a password"),
        ("https://agent.in/client.json#top", "fragment"),
        ("https://agent.in:99999/client.json", "malformed"),
        ("https://agent.in:22/client.json", "port"),
        ("https://agent.in/" + "a" * 300, "255 characters"),
        ("https://[agent/client.json", "not an address"),
        ("https://agent.in/cl\u00efent.json", "malformed"),
    ],
)
def test_65_an_address_of_another_form_is_not_called(agent: Flow, client_id: str, why: str) -> None:
    assert why in refused(agent, client_id=client_id)


@pytest.mark.parametrize("host", ["10.0.0.8", "169.254.169.254", "[::1]", "localhost", "intranet.local", "127.0.0.2"])
def test_65_no_special_use_address_is_reached(agent: Flow, host: str) -> None:
    assert "cannot be used" in refused(agent, client_id=f"https://{host}/client.json")


@pytest.mark.parametrize("other", ["https://agent.example/client.json", "{id}/", "{id}?a=1", None, 5])
def test_65_its_client_id_is_the_address_character_by_character(agent: Flow, site: Publisher, other: Any) -> None:
    site.publish(client_id=other.format(id=site.client_id) if isinstance(other, str) else other)
    assert "character by character" in refused(agent)


@pytest.mark.parametrize("status", [201, 301, 302, 307, 404, 500])
def test_65_status_200_alone_and_no_redirect(agent: Flow, site: Publisher, status: int) -> None:
    with peer() as elsewhere:
        site.answer(reply(status, orjson.dumps(site.document), Location=elsewhere.url, **JSON))
        assert "another status than 200" in refused(agent)
    assert elsewhere.connections == 0


def test_65_five_kilobytes_at_most(agent: Flow, site: Publisher) -> None:
    room = 5_120 - len(orjson.dumps(site.document | {"x": ""}))
    site.publish(x="a" * room)
    assert ask(agent).status_code == 303
    site.publish(x="a" * (room + 1), cache="")
    other = f"{site.client_id}?large"
    site.publish(client_id=other, x="a" * room)
    assert "too large" in ask(agent, client_id=other).text
    site.publish(client_id=other, x="a" * 1_000_000)
    assert "too large" in ask(agent, client_id=other).text


def test_65_json_alone(agent: Flow, site: Publisher) -> None:
    site.answer(reply(200, orjson.dumps(site.document), Content_Type="text/html"))
    assert "application/json" in refused(agent)
    for body in (b"", b"[1]", b'{"a":' * 900 + b"1" + b"}" * 900, b'{"client_id": "x", "client_id": "y"}'):
        site.answer(reply(200, body, **JSON))
        assert "cannot be used" in refused(agent)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_secret": "s3cret"},
        {"client_secret_expires_at": 0},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"token_endpoint_auth_method": "client_secret_jwt"},
    ],
    ids=str,
)
def test_65_no_shared_secrets(agent: Flow, site: Publisher, changes: dict[str, Any]) -> None:
    site.publish(**changes)
    assert "cannot be used" in refused(agent)


@pytest.mark.parametrize("uri", ["http://evil.example/cb", "https://*.example/cb", "javascript:alert(1)", "agent:/cb"])
def test_65_its_redirect_uris_keep_our_rules(agent: Flow, site: Publisher, uri: str) -> None:
    """Trap T12."""
    site.publish(redirect_uris=[uri])
    assert "redirect_uris" in refused(agent, redirect_uri=uri)


def test_65_errors_are_not_remembered(agent: Flow, site: Publisher) -> None:
    site.answer(reply(404))
    refused(agent)
    site.publish()
    assert ask(agent).status_code == 303


def test_65_a_slow_host_has_the_time_of_the_setting_and_no_more(app: Flask, agent: Flow, site: Publisher) -> None:
    site.host.answer = lambda _request, send: time.sleep(4) or send(b"")
    assert "within the time allowed" in refused(agent)


def test_65_no_client_id_of_ours_begins_like_an_address(flow: Flow) -> None:
    assert flow.world.client_id.startswith("app_")


def test_it_is_taken_for_true_as_long_as_its_host_says_within_our_bounds(
    agent: Flow, site: Publisher, clock: Clock
) -> None:
    """CIMD 4.4: what is fresh is not fetched again; never for less than the least of the settings, nor for more than the most."""
    for said, kept in (
        ("", 300),
        ("no-store", 300),
        ("max-age=10", 300),
        ("max-age=900", 900),
        ("max-age=9999999", 86_400),
    ):
        site.publish(cache=said)
        before = site.fetches
        assert ask(agent).status_code == 303
        clock.move(seconds=kept - 1)
        assert ask(agent).status_code == 303
        assert site.fetches == before + 1, said
        clock.move(seconds=2)


def test_a_document_that_is_gone_ends_new_requests_and_no_connection(
    agent: Flow, site: Publisher, clock: Clock
) -> None:
    tokens = allowed(agent, site, ask(agent))
    site.answer(reply(404))
    clock.move(seconds=400)
    assert ask(agent).status_code == 400
    assert agent.refresh(tokens["refresh_token"]).status_code == 200


def test_a_changed_document_changes_name_and_redirect_uris_and_says_so_in_the_ledger(
    agent: Flow, site: Publisher, clock: Clock
) -> None:
    ask(agent)
    clock.move(seconds=400)
    site.publish(client_name="एजेंट", redirect_uris=["https://agent.example/new"], scope="numbers:read")
    assert ask(agent, redirect_uri="https://agent.example/new", scope="numbers:read").status_code == 303
    assert ask(agent).status_code == 400, "the old redirect URI is no longer registered"
    page = known(site)
    assert (page.name, page.redirect_uris) == ("एजेंट", ("https://agent.example/new",))
    assert [[line.name for line in version.scopes] for version in page.versions] == [
        ["numbers:read"],
        sorted(UNREVIEWED_SCOPES),
    ]
    with database.read() as connection:
        raw = connection.scalars(
            select(LedgerEntry.body).where(LedgerEntry.type == "app").order_by(LedgerEntry.id)
        ).all()
    events = {said["event"]: said for said in map(orjson.loads, raw) if said["client_id"] == site.client_id}
    assert events["changed"]["changed"] == ["name", "redirect_uris"]
    assert events["version_added"]["optional"] == ["numbers:read"]


def test_a_document_that_changes_between_code_and_token_leaves_the_code_good_for_where_it_was_sent(
    agent: Flow, site: Publisher, clock: Clock
) -> None:
    answer = ask(agent)
    page = known(site)
    agent.world = dataclasses.replace(agent.world, app_id=page.id, app_version_id=page.versions[0].id)
    code = query(agent.allow(agent.id_in(answer.location), SCOPES.split()))["code"]
    site.publish(redirect_uris=["https://thief.example/cb"])
    assert agent.exchange(code, redirect_uri="https://thief.example/cb").status_code == 400
    assert agent.exchange(code).status_code == 200


def test_more_than_t0_and_t1_cannot_be_asked_whatever_the_document_says(agent: Flow, site: Publisher) -> None:
    site.publish(scope="call_log:read call_log.numbers:read recordings.audio:read")
    assert ask(agent, scope="call_log:read").status_code == 303
    told = query(ask(agent, scope="call_log:read call_log.numbers:read").location)
    assert (told["error"], "call_log.numbers:read" in told["error_description"]) == ("invalid_scope", True)
    assert [line.name for line in known(site).versions[0].scopes] == ["call_log:read"]


def test_a_suspended_one_is_not_freed_by_its_document(agent: Flow, site: Publisher, clock: Clock) -> None:
    ask(agent)
    with database.unit_of_work() as session:
        steps.suspend(session, known(site).id, "It lies.", actor.operator(), Party.OPERATOR)
    clock.move(days=2)
    site.publish(client_name="Another name")
    assert "cannot be connected at the moment" in ask(agent).text
    assert known(site).state == "suspended"


def test_a_pushed_request_reads_the_document_too(agent: Flow, site: Publisher) -> None:
    pushed = agent.push(scope=SCOPES)
    assert pushed.status_code == 201, pushed.text
    assert agent.bring(pushed.json["request_uri"]).status_code == 303
    site.publish(client_id="https://agent.example/other")
    other = agent.push(scope=SCOPES, client_id=f"{site.client_id}?b")
    assert (other.status_code, other.json["error"]) == (400, "invalid_client")
    assert "character by character" in other.json["error_description"]


def test_one_with_keys_in_its_document_proves_itself_with_one(agent: Flow, site: Publisher) -> None:
    holder = Holder()
    site.publish(token_endpoint_auth_method="private_key_jwt", jwks={"keys": [holder.jwk]})
    agent.signer = holder
    assert agent.push(scope=SCOPES).status_code == 201
    assert known(site).auth_method == "private_key_jwt"
    agent.signer = Holder(kid=holder.jwk["kid"])
    assert agent.push(scope=SCOPES).json["error"] == "invalid_client"


def test_at_the_token_endpoint_an_address_that_was_never_read_is_an_unknown_client(
    agent: Flow, site: Publisher
) -> None:
    answer = agent.exchange("vtc_made_up")
    assert (answer.status_code, answer.json["error"], site.fetches) == (400, "invalid_client", 0)


def test_fetches_are_limited_by_address_and_by_host(agent: Flow, site: Publisher, settings: Settings) -> None:
    core_settings.activate(dataclasses.replace(settings, client_document_rate="2/minute"))
    limits.reset()
    site.answer(reply(404))
    assert [ask(agent).status_code for _ in range(3)] == [400, 400, 429]
    assert site.fetches == 2


def test_switched_off_it_is_an_unknown_app_and_the_metadata_says_so(
    app: Flask, agent: Flow, site: Publisher, settings: Settings
) -> None:
    assert (
        app.test_client().get("/.well-known/oauth-authorization-server").json["client_id_metadata_document_supported"]
    )
    core_settings.activate(dataclasses.replace(settings, client_documents=False))
    assert "No app of this name" in refused(agent)
    assert site.fetches == 0
    told = app.test_client().get("/.well-known/oauth-authorization-server").json
    assert told["client_id_metadata_document_supported"] is False


RACE = """
import os, sys
from connect.core import database, settings
from connect import wiring
from connect.oauth import client_documents
settings.activate(settings.load())
wiring.connect_receivers()
database.active()
print("ready", flush=True)
client_id, os.environ["SSL_CERT_FILE"] = sys.stdin.readline().split()
client_documents.bring_up_to_date(client_id, "203.0.113.9")
print("done")
"""


@postgres_only
def test_of_many_processes_that_see_a_client_first_one_makes_the_app(
    database: Any, settings: Settings, site: Publisher
) -> None:
    assert at_once(settings, RACE, 6, f"{site.client_id} {os.environ['SSL_CERT_FILE']}") == ["done"] * 6
    assert count(App) == 1
    assert known(site).redirect_uris == (REDIRECT_URI,)
    assert len(known(site).versions) == 1
