"""Apps that register themselves (RFC 7591) and change or end their registration (RFC 7592)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from apps_registry import queries, steps, versions
from apps_registry.errors import RegistryError
from apps_registry.lifecycle import Party
from apps_registry.metadata import UNREVIEWED_SCOPES
from apps_registry.models import App, AppSecret, ClientRegistration
from connect.core import actor, database, limits
from connect.core import settings as core_settings
from connect.core.settings import Settings
from connect.grants import queries as grants
from connect.ledger.models import LedgerEntry
from connect.oauth import gone_apps, housekeeping
from tests.oauth.flow import Flow, query
from tests.oauth.look import count
from tests.support import world
from tests.support.clock import Clock
from tests.support.threads import together

REDIRECT_URI = "https://agent.example/callback"
GOOD = {"client_name": "Agent", "redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none"}
SCOPES = ["call_log:read", "numbers:read", "offline_access"]


@pytest.fixture
def overrides() -> dict[str, Any]:
    unlimited = ("token_rate", "token_failure_rate", "api_rate", "address_rate", "registration_rate")
    return dict.fromkeys(unlimited, "")


@dataclass
class Agent:
    """Something that registers itself. `info` is the last client information response."""

    app: Flask
    info: dict[str, Any] = dataclasses.field(default_factory=dict)

    def register(self, **changes: Any) -> TestResponse:
        return self.send(orjson.dumps({k: v for k, v in (GOOD | changes).items() if v is not ...}))

    def send(self, body: bytes, kind: str = "application/json") -> TestResponse:
        return self.app.test_client().post("/oauth/register", data=body, content_type=kind)

    def registered(self, **changes: Any) -> dict[str, Any]:
        answer = self.register(**changes)
        assert answer.status_code == 201, answer.text
        self.info = answer.json
        return self.info

    def manage(self, method: str, token: str | None = None, of: str | None = None, body: Any = None) -> TestResponse:
        """A request to the configuration endpoint of the app, or of client `of`."""
        path = f"/oauth/register/{of or self.info['client_id']}"
        held = self.info["registration_access_token"] if token is None else token
        headers = {"Authorization": f"Bearer {held}"}
        return self.app.test_client().open(path, method=method, headers=headers, json=body)

    def change(self, **changes: Any) -> TestResponse:
        return self.manage("PUT", body=GOOD | {"client_id": self.info["client_id"]} | changes)

    @property
    def page(self) -> queries.AppPage:
        return queries.app_page(queries.app_id_of(self.info["client_id"]))

    def flow(self) -> Flow:
        """It before a customer."""
        page, made = self.page, world.make()
        customer = dataclasses.replace(
            made,
            app_id=page.id,
            app_version_id=page.versions[0].id,
            client_id=page.client_id,
            client_secret=self.info.get("client_secret"),
        )
        return Flow(self.app, customer, self.info["redirect_uris"][0])

    def connected(self) -> tuple[Flow, dict[str, Any]]:
        flow = self.flow()
        answer = flow.ask(scope=" ".join(SCOPES))
        code = query(flow.allow(flow.id_in(answer.location), SCOPES))["code"]
        return flow, flow.exchange(code).json


@pytest.fixture
def agent(app: Flask) -> Agent:
    return Agent(app)


def ledger(client_id: str) -> list[dict[str, Any]]:
    """The ledger's entries about an app, oldest first."""
    with database.read() as connection:
        found = connection.scalars(
            select(LedgerEntry.body).where(LedgerEntry.type == "app").order_by(LedgerEntry.id)
        ).all()
    return [said for said in map(orjson.loads, found) if said["client_id"] == client_id]


def test_an_app_registers_itself_connects_reads_and_refreshes(agent: Agent) -> None:
    agent.registered()
    flow, tokens = agent.connected()
    assert flow.works(tokens["access_token"])
    assert flow.works(flow.refresh(tokens["refresh_token"]).json["access_token"])


def test_it_is_told_what_was_registered_and_nothing_else(agent: Agent, settings: Settings) -> None:
    """RFC 7591 3.2.1: all registered metadata, with what was put in place of what was asked."""
    told = agent.registered(
        client_uri="https://agent.example",
        logo_uri="https://agent.example/logo.png",
        contacts=["asha@agent.example"],
        software_id="x",
        grant_types=["authorization_code", "implicit", "urn:ietf:params:oauth:grant-type:device_code"],
        scope="call_log:read call_log.numbers:read made_up",
        **{"client_name#hi": "एजेंट", "registration_access_token": "mine", "client_id": "mine"},
    )
    assert told["registration_access_token"].startswith("vtg_")
    assert told["client_id"].startswith("app_")
    ours = ("client_id", "client_id_issued_at", "registration_access_token")
    assert told == {name: told[name] for name in ours} | {
        "client_name": "Agent",
        "redirect_uris": [REDIRECT_URI],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": "call_log:read",
        "client_uri": "https://agent.example",
        "registration_client_uri": f"{settings.base_url}/oauth/register/{told['client_id']}",
    }


def test_the_answer_is_not_to_be_kept_by_caches(agent: Agent) -> None:
    answer = agent.register()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", ...], ids=str)
def test_a_client_with_a_secret_gets_one_that_does_not_expire_and_must_use_it(agent: Agent, method: Any) -> None:
    """RFC 7591 2: without a word on it the method is client_secret_basic."""
    told = agent.registered(token_endpoint_auth_method=method)
    assert (told["client_secret"][:4], told["client_secret_expires_at"]) == ("vts_", 0)
    flow, tokens = agent.connected()
    assert flow.works(tokens["access_token"])
    assert (
        flow.refresh(tokens["refresh_token"], headers={}, client_id=told["client_id"]).json["error"] == "invalid_client"
    )
    assert told["client_secret"] not in agent.manage("GET").text


def test_it_never_acts_for_itself_alone(agent: Agent) -> None:
    agent.registered(token_endpoint_auth_method="client_secret_basic")
    assert agent.flow().alone(scope="app:read").json["error"] == "unauthorized_client"


def test_without_a_name_it_bears_the_host_it_comes_back_to(agent: Agent) -> None:
    assert agent.registered(client_name=...)["client_name"] == "agent.example"
    assert agent.registered(client_name=None, scope=None)["scope"].split() == sorted(UNREVIEWED_SCOPES)
    assert agent.registered(client_name=" एजेंट ")["client_name"] == "एजेंट"


@pytest.mark.parametrize(
    ("uris", "kind"),
    [
        (["https://agent.example/cb"], "public"),
        (["http://127.0.0.1/cb", "https://agent.example/cb"], "native"),
        (["com.example.agent:/cb"], "native"),
    ],
)
def test_its_kind_follows_from_how_it_is_come_back_to(agent: Agent, uris: list[str], kind: str) -> None:
    agent.registered(redirect_uris=uris)
    assert agent.page.kind == kind


@pytest.mark.parametrize(
    ("uri", "rule"),
    [
        ("http://evil.example/cb", "http"),
        ("http://localhost/cb", "http"),
        ("https://*.example/cb", "wildcard"),
        ("https://a.example/cb#x", "fragment"),
        ("https://u@a.example/cb", "userinfo"),
        ("javascript:alert(1)", "script"),
        ("myapp://cb", "dot"),
        ("https://a.example/cb?code=1", "answer parameter"),
        ("https://A.example/cb", "normal form"),
        ("not an address", "form"),
    ],
)
def test_a_redirect_uri_that_breaks_a_rule_is_refused_by_its_name(agent: Agent, uri: str, rule: str) -> None:
    """Trap T12; RFC 7591 3.2.2."""
    answer = agent.register(redirect_uris=[REDIRECT_URI, uri])
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_redirect_uri")
    assert answer.json["error_description"].startswith(f"Rule '{rule}': redirect_uris")
    assert count(App) == 0


@pytest.mark.parametrize(
    "uris", [[], ..., None, [f"https://a.example/{n}" for n in range(21)], [REDIRECT_URI] * 2], ids=str
)
def test_none_too_many_or_the_same_twice_are_refused(agent: Agent, uris: Any) -> None:
    assert agent.register(redirect_uris=uris).json["error"] == "invalid_redirect_uri"


@pytest.mark.parametrize(
    "changes",
    [
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"token_endpoint_auth_method": "client_secret_jwt"},
        {"token_endpoint_auth_method": ["none"]},
        {"grant_types": ["client_credentials"]},
        {"grant_types": "authorization_code"},
        {"grant_types": [{"a": 1}]},
        {"response_types": ["token"]},
        {"client_name": 5},
        {"client_name": "A" * 101},
        {"client_name": "A\u202eb"},
        {"client_name": "A\x00b"},
        {"client_uri": "javascript:alert(1)"},
        {"policy_uri": "http://agent.example"},
        {"tos_uri": {"a": 1}},
        {"scope": ["call_log:read"]},
        {"scope": "recordings.audio:read"},
        {"scope": "call_log.numbers:read offline_access"},
        {"scope": "call_log:read  numbers:read"},
        {"scope": "ledger:read app:read"},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_by_the_name_of_the_member(agent: Agent, changes: dict[str, Any]) -> None:
    answer = agent.register(**changes)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_client_metadata")
    assert next(iter(changes)) in answer.json["error_description"]


@pytest.mark.parametrize("uris", ["https://a.example/cb", [5], [None], [["https://a.example"]], {"a": "b"}, 5])
def test_redirect_uris_of_another_type_are_refused(agent: Agent, uris: Any) -> None:
    """Authlib's endpoint answers 500 to some of these."""
    assert agent.register(redirect_uris=uris).json["error"] == "invalid_redirect_uri"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'"x"',
        b"{",
        b"\xff{}",
        b'{"a":' * 2500 + b"1" + b"}" * 2500,
        b'{"client_name":"a","client_name":"b"}',
    ],
    ids=lambda body: body[:12].decode("latin-1"),
)
def test_a_body_that_is_no_plain_json_object_is_refused(agent: Agent, body: bytes) -> None:
    answer = agent.send(body)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_client_metadata")


def test_another_media_type_and_a_large_body_are_refused(agent: Agent) -> None:
    assert agent.send(b"{}", "text/plain").status_code == 415
    assert agent.send(b"a=b", "application/x-www-form-urlencoded").status_code == 415
    assert agent.register(x="a" * 70_000).status_code == 413


def test_registrations_are_limited_by_address(agent: Agent, settings: Settings) -> None:
    core_settings.activate(dataclasses.replace(settings, registration_rate="2/hour"))
    limits.reset()
    answers = [agent.register() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert "Retry-After" in answers[2].headers and answers[2].json["error"] == "temporarily_unavailable"


def test_switched_off_nobody_registers_the_metadata_is_silent_and_those_that_did_can_still_leave(
    agent: Agent, settings: Settings
) -> None:
    agent.registered()
    metadata = "/.well-known/oauth-authorization-server"
    told = agent.app.test_client().get(metadata).json
    assert told["registration_endpoint"] == f"{told['issuer']}/oauth/register"
    core_settings.activate(dataclasses.replace(settings, registration=False))
    assert (agent.register().status_code, agent.register().json["error"]) == (404, "access_denied")
    assert "registration_endpoint" not in agent.app.test_client().get(metadata).json
    assert agent.manage("DELETE").status_code == 204


def test_nothing_that_was_given_out_is_kept_in_clear(agent: Agent) -> None:
    told = agent.registered(token_endpoint_auth_method="client_secret_basic")
    with database.read() as connection:
        kept = [bytes(row) for row in connection.scalars(select(ClientRegistration.token_digest))]
        kept += [bytes(row) for row in connection.scalars(select(AppSecret.digest))]
        entries = b"".join(map(bytes, connection.scalars(select(LedgerEntry.body))))
    assert [len(each) for each in kept] == [32, 32]
    for secret in (told["client_secret"], told["registration_access_token"]):
        assert secret.encode() not in entries


def test_it_stands_in_the_registry_and_the_ledger_as_what_it_is(agent: Agent) -> None:
    agent.registered()
    page = agent.page
    assert (page.team, page.origin, page.state, page.legal_developer) == (None, "registration", "unverified", "")
    [said] = ledger(page.client_id)
    assert (said["event"], said["origin"], said["team"]) == ("registered", "registration", None)
    assert (said["actor"], said["required"], said["optional"]) == (
        f"app:{page.client_id}",
        [],
        sorted(UNREVIEWED_SCOPES),
    )


def test_it_looks_at_its_registration(agent: Agent) -> None:
    told = agent.registered()
    answer = agent.manage("GET")
    assert (answer.status_code, answer.json) == (200, told)
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_changes_what_it_said_and_what_it_leaves_out_is_gone(agent: Agent) -> None:
    agent.registered(client_uri="https://agent.example", scope="call_log:read")
    answer = agent.change(client_name="New", redirect_uris=["http://127.0.0.1/cb"], scope="numbers:read")
    assert answer.status_code == 200, answer.text
    assert answer.json["registration_access_token"] == agent.info["registration_access_token"]
    assert (answer.json["client_name"], answer.json["scope"], "client_uri" in answer.json) == (
        "New",
        "numbers:read",
        False,
    )
    assert (agent.page.redirect_uris, agent.page.kind) == (("http://127.0.0.1/cb",), "native")
    events = ledger(agent.info["client_id"])
    assert [said["event"] for said in events] == ["registered", "changed", "version_added"]
    assert events[1]["changed"] == ["client_kind", "home_url", "name", "redirect_uris"]


def test_saying_the_same_again_changes_nothing(agent: Agent) -> None:
    agent.registered()
    assert agent.change().status_code == 200
    assert len(ledger(agent.info["client_id"])) == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "app_other"}, "invalid_request"),
        ({"client_id": None}, "invalid_request"),
        ({"registration_access_token": "x"}, "invalid_request"),
        ({"client_secret_expires_at": 0}, "invalid_request"),
        ({"client_id_issued_at": 0}, "invalid_request"),
        ({"registration_client_uri": "x"}, "invalid_request"),
        ({"client_secret": "another"}, "invalid_request"),
        ({"client_secret": 5}, "invalid_request"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "invalid_client_metadata"),
        ({"redirect_uris": ["http://evil.example"]}, "invalid_redirect_uri"),
        ({"scope": "recordings.audio:read"}, "invalid_client_metadata"),
    ],
    ids=str,
)
def test_a_change_that_may_not_be_is_refused_and_changes_nothing(
    agent: Agent, changes: dict[str, Any], error: str
) -> None:
    told = agent.registered()
    answer = agent.change(**({"client_name": "New"} | changes))
    assert (answer.status_code, answer.json["error"]) == (400, error)
    assert agent.manage("GET").json == told


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_its_own_token_opens_a_registration_and_no_answer_tells_whether_it_exists(
    agent: Agent, method: str
) -> None:
    other = agent.registered()
    mine = agent.registered()
    team = world.make().client_id
    attempts = [
        agent.manage(method, token="", body=GOOD),
        agent.manage(method, token="vtg_guess", body=GOOD),
        agent.manage(method, token=mine["registration_access_token"], of=other["client_id"], body=GOOD),
        agent.manage(method, of="app_nobody", body=GOOD),
        agent.manage(method, of=team, body=GOOD),
        agent.manage(method, of="https:%2F%2Fagent.example%2Fclient.json", body=GOOD),
    ]
    for answer in attempts[:5]:
        assert (answer.status_code, answer.json) == (401, attempts[0].json)
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert attempts[5].status_code in {401, 404}
    assert agent.manage("GET").json == mine


def test_guessing_registration_tokens_is_throttled(agent: Agent, settings: Settings) -> None:
    agent.registered()
    core_settings.activate(dataclasses.replace(settings, token_failure_rate="3/minute"))
    limits.reset()
    assert [agent.manage("GET", token=f"vtg_{n}").status_code for n in range(5)] == [401, 401, 401, 429, 429]
    assert agent.manage("GET").status_code == 429


def test_an_access_token_is_no_registration_token(agent: Agent) -> None:
    agent.registered()
    _flow, tokens = agent.connected()
    assert agent.manage("GET", token=tokens["access_token"]).status_code == 401


def test_ending_its_registration_ends_its_grants_and_tokens_and_the_customer_can_see_why(agent: Agent) -> None:
    agent.registered()
    flow, tokens = agent.connected()
    assert agent.manage("DELETE").status_code == 204
    assert not flow.works(tokens["access_token"])
    assert flow.refresh(tokens["refresh_token"]).status_code == 400
    assert flow.ask(scope="call_log:read").status_code == 400
    [grant] = grants.listing(account_id=flow.world.account_id)
    assert (grant.state, grant.end_reason) == ("revoked", gone_apps.DELETED)
    assert grants.history(grant.account_id, grant.id)[-1].actor_kind == "app"
    assert ledger(agent.info["client_id"])[-1]["event"] == "retired"
    assert agent.manage("GET").status_code == 401
    assert agent.manage("DELETE").status_code == 401


def test_grants_that_are_too_many_to_end_at_once_are_ended_by_the_clock(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.registered()
    flows = [agent.connected()[0] for _ in range(3)]
    monkeypatch.setattr(gone_apps, "_AT_ONCE", 1)
    assert agent.manage("DELETE").status_code == 204
    live = partial(grants.live_counts, [agent.page.id])
    assert live() == {agent.page.id: 2}
    with database.unit_of_work() as session:
        housekeeping.purge(session, 100)
    assert live() == {}
    assert {grants.listing(account_id=flow.world.account_id)[0].end_reason for flow in flows} == {gone_apps.DELETED}


def test_a_suspended_app_neither_looks_nor_changes_nor_ends(agent: Agent) -> None:
    agent.registered()
    with database.unit_of_work() as session:
        steps.suspend(session, agent.page.id, "It lies.", actor.operator(), Party.OPERATOR)
    for method in ("GET", "PUT", "DELETE"):
        assert agent.manage(method, body=GOOD).status_code == 403


def test_two_changes_at_once_leave_one_of_the_two(agent: Agent) -> None:
    agent.registered()
    sent = [f"https://agent.example/{n}" for n in range(6)]
    answers = together(*[partial(agent.change, redirect_uris=[uri], client_name=uri[-1]) for uri in sent])
    assert {answer.status_code for answer in answers} == {200}
    assert agent.page.redirect_uris == (f"https://agent.example/{agent.page.name}",)


def purged() -> int:
    with database.unit_of_work() as session:
        return gone_apps.remove_unused(session, 100)


def test_one_that_nobody_used_is_removed_after_a_time_and_the_ledger_says_so(agent: Agent, clock: Clock) -> None:
    unused, asked = agent.registered(token_endpoint_auth_method="client_secret_basic"), agent.registered()
    client = world.make()
    clock.move(days=29)
    assert agent.flow().ask(scope="call_log:read").status_code == 303
    assert purged() == 0
    clock.move(days=2)
    assert purged() == 1
    assert agent.manage("GET").status_code == 200, "somebody was sent here two days ago"
    assert agent.manage("GET", of=unused["client_id"], token=unused["registration_access_token"]).status_code == 401
    assert ledger(unused["client_id"])[-1]["event"] == "removed"
    clock.move(days=31)
    assert purged() == 1
    assert {line.client_id for line in queries.apps()} & {client.client_id, asked["client_id"]} == {client.client_id}
    assert count(ClientRegistration) == 0


def test_one_that_was_connected_once_stays(agent: Agent, clock: Clock) -> None:
    agent.registered()
    agent.connected()
    clock.move(days=400)
    assert purged() == 0
    agent.manage("DELETE")
    assert purged() == 0, "customers look at what was"


def test_one_that_is_suspended_stays_so_that_its_name_is_not_free(agent: Agent, clock: Clock) -> None:
    agent.registered()
    with database.unit_of_work() as session:
        steps.suspend(session, agent.page.id, "It lies.", actor.operator(), Party.OPERATOR)
    clock.move(days=400)
    assert purged() == 0


def test_it_is_never_published(agent: Agent) -> None:
    agent.registered()
    with pytest.raises(RegistryError), database.unit_of_work() as session:
        versions.publish(session, agent.page.id, actor.operator())
    assert agent.page.state == "unverified"
