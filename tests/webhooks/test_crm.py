"""The example CRM against the platform: what it tells developers to do, it does."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import TestResponse

from apps_registry.details import Asked
from connect.core import actor, clock, database
from connect.webhooks import services, signing, worker
from examples.crm import voicetree
from examples.crm.app import create_app
from examples.crm.config import Config
from examples.crm.store import Connection, Store
from tests.oauth.flow import Flow
from tests.support import world as worlds
from tests.support.servers import LiveServer
from tests.support.world import World
from tests.webhooks.office import end_call, revoke, states

BASE = "https://crm.example"
SCOPES = frozenset(voicetree.SCOPES)
SECRET = signing.new_secret()


class Browser:
    """The owner's browser at the CRM, and the owner at the platform."""

    def __init__(self, server: LiveServer, world: World, folder: Path) -> None:
        self.platform = server.url
        config = Config(
            world.client_id,
            str(world.client_secret),
            webhook_secret=SECRET,
            base_url=BASE,
            connect_url=server.url,
            database=folder / "crm.db",
        )
        self.world, self.app = world, create_app(config)
        self.owner = Flow(server.app, world)
        self._client: FlaskClient = self.app.test_client()

    def get(self, path: str) -> TestResponse:
        return self._client.get(path, base_url=BASE)

    def post(self, path: str) -> TestResponse:
        return self._client.post(path, base_url=BASE, follow_redirects=True)

    def connect(self, scopes: frozenset[str] = SCOPES, **changed: str) -> TestResponse:
        """Press Connect, allow, come back with the answer as it came but for `changed`."""
        asked = requests.get(self.get("/connect").location, allow_redirects=False, timeout=10)
        assert asked.status_code == 303, asked.text
        return self.come_back(self.owner.allow(self.owner.id_in(asked.headers["Location"]), scopes), **changed)

    def come_back(self, address: str, **changed: str) -> TestResponse:
        answer = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()} | changed
        return self._client.get("/callback", query_string=answer, base_url=BASE)

    def subscribe(self, crm_url: str) -> None:
        """An endpoint at the CRM, signed with the secret that the CRM was given."""
        with database.unit_of_work() as session:
            made = services.add(session, self.world.app_id, f"{crm_url}/hooks/voicetree", (), actor.operator())
        self.app.config["WEBHOOK_SECRET"] = made.secret

    @property
    def link(self) -> Connection | None:
        """What the CRM stored."""
        store: Store = self.app.extensions["store"]
        with self._client.session_transaction(base_url=BASE) as session:
            return store.connection(session.get("workspace", ""))


@pytest.fixture
def browser(live_server: LiveServer, tmp_path: Path) -> Browser:
    asked = tuple(Asked(scope, scope in worlds.REQUIRED, f"We need {scope}.") for scope in sorted(SCOPES))
    return Browser(live_server, worlds.make(calls=130, asked=asked), tmp_path)


@pytest.fixture
def crm_url(browser: Browser) -> Iterator[str]:
    """The CRM on a port, for deliveries."""
    server = make_server("127.0.0.1", 0, browser.app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the name is werkzeug's
        """Nothing."""


def test_the_owner_connects_and_sees_masked_calls(browser: Browser) -> None:
    assert "Connect VoiceTree" in browser.get("/").text
    assert browser.connect(worlds.REQUIRED).location == "/calls"
    page = browser.get("/calls")
    assert page.status_code == 200, page.text
    assert "+91•" in page.text
    assert "masked" in page.text


def test_an_older_page_is_reached_by_the_cursor(browser: Browser) -> None:
    browser.connect()
    first = browser.get("/calls").text
    link = first.partition('rel="next" href="')[2].partition('"')[0]
    second = browser.get(link.replace("&amp;", "&"))
    assert second.status_code == 200
    assert second.text.count("<tr>") == first.count("<tr>") == 26
    assert second.text != first


def test_read_all_pages_through_everything_and_counts(browser: Browser) -> None:
    browser.connect()
    page = browser.post("/calls/all").text
    count = int(page.partition('id="count">')[2].partition("<")[0])
    assert 100 < count <= 130
    assert "In 2 pages" in page


def test_the_answer_of_another_server_is_refused(browser: Browser) -> None:
    answer = browser.connect(iss="https://evil.example")
    assert answer.status_code == 400
    assert "does not come from" in answer.text
    assert browser.link is None


@pytest.mark.parametrize("changed", [{"state": "another"}, {"code": "vtc_another"}])
def test_a_forged_answer_is_refused(browser: Browser, changed: dict[str, str]) -> None:
    assert browser.connect(**changed).status_code == 400
    assert browser.link is None


def test_a_customer_who_says_no_is_not_connected(browser: Browser) -> None:
    asked = requests.get(browser.get("/connect").location, allow_redirects=False, timeout=10)
    owner = browser.owner
    answer = browser.come_back(owner.refuse(owner.id_in(asked.headers["Location"])))
    assert "Not connected" in answer.text


def test_a_token_near_its_end_is_refreshed_before_it_is_used(browser: Browser) -> None:
    browser.connect()
    assert browser.link is not None and browser.link.token is not None
    old = browser.link.token
    store: Store = browser.app.extensions["store"]
    store.keep_token(browser.link.workspace, {**old, "expires_at": int(time.time()) + 30})
    assert browser.get("/calls").status_code == 200
    new = browser.link.token
    assert new["access_token"] != old["access_token"]
    assert new["refresh_token"] != old["refresh_token"]
    assert new["expires_at"] > time.time() + 600


def test_a_customer_who_disconnected_is_named_as_the_reason_and_can_connect_again(browser: Browser) -> None:
    browser.connect()
    revoke(browser.world)
    page = browser.get("/calls")
    assert page.status_code == 401
    assert "grant has ended" in page.text
    assert "revoked" in page.text
    assert "Reconnect" in page.text
    assert browser.connect().location == "/calls"
    assert browser.get("/calls").status_code == 200


def test_disconnecting_gives_the_tokens_back(browser: Browser) -> None:
    browser.connect()
    assert browser.link is not None and browser.link.token is not None
    before = browser.link.token["access_token"]
    browser.post("/disconnect")
    assert browser.link.token is None
    assert browser.get("/calls").location == "/"
    assert (
        requests.get(
            f"{browser.platform}/v1/grant", headers={"Authorization": f"Bearer {before}"}, timeout=10
        ).status_code
        == 401
    )


def test_without_the_offered_name_the_business_stays_unnamed(browser: Browser) -> None:
    browser.connect(worlds.REQUIRED)
    assert browser.link is not None
    assert browser.link.account == "your business"


def test_a_delivery_is_taken_stored_once_and_shown(browser: Browser, crm_url: str) -> None:
    browser.connect()
    browser.subscribe(crm_url)
    end_call(browser.world.account_id, 500)
    assert worker.drain_once() == 1
    assert states() == ["delivered"]
    shown = browser.get("/deliveries").text
    assert shown.count("<article>") == 1
    assert "call.ended" in shown


def test_the_customers_no_reaches_the_app_by_itself(browser: Browser, crm_url: str) -> None:
    browser.connect()
    browser.subscribe(crm_url)
    revoke(browser.world)
    worker.drain_once()
    assert "grant.revoked" in browser.get("/deliveries").text


def test_a_delivery_that_comes_twice_is_stored_once(browser: Browser) -> None:
    store: Store = browser.app.extensions["store"]
    assert store.receive("evt_1", {"type": "call.ended", "grant": "grant_1"})
    assert not store.receive("evt_1", {"type": "call.ended", "grant": "grant_1"})
    assert len(store.deliveries("grant_1")) == 1


@pytest.mark.parametrize("change", ["body", "signature", "secret", "missing"])
def test_what_was_not_signed_for_the_crm_is_refused(browser: Browser, change: str) -> None:
    body, secret = b'{"type":"call.ended"}', SECRET if change != "secret" else signing.new_secret()
    headers = signing.headers([base64.b64decode(secret.removeprefix("whsec_"))], "evt_9", clock.now(), body)
    if change == "missing":
        headers.clear()
    if change == "signature":
        headers["webhook-signature"] = "v1,AAAA"
    sent = body + b" " if change == "body" else body
    answer = browser.app.test_client().post("/hooks/voicetree", data=sent, headers=headers, base_url=BASE)
    assert answer.status_code == 400
    assert browser.app.extensions["store"].deliveries("") == []
