"""Apps that register themselves (RFC 7591)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from apps_registry import versions
from apps_registry.errors import RegistryError
from apps_registry.metadata import UNREVIEWED_SCOPES
from apps_registry.models import App, AppSecret, ClientRegistration
from connect.core import actor, database, limits
from connect.core import settings as core_settings
from connect.core.settings import Settings
from connect.ledger.models import LedgerEntry
from tests.oauth.agent import REDIRECT_URI, Agent, ledger
from tests.oauth.holder import Holder
from tests.oauth.look import count


@pytest.fixture
def overrides() -> dict[str, Any]:
    unlimited = ("token_rate", "token_failure_rate", "api_rate", "address_rate", "registration_rate")
    return dict.fromkeys(unlimited, "")


@pytest.fixture
def agent(app: Flask) -> Agent:
    return Agent(app)


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


def test_an_app_with_a_key_proves_itself_with_it(agent: Agent) -> None:
    holder = Holder()
    keyed = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [holder.jwk]}}
    told = agent.registered(**keyed)
    assert (told["token_endpoint_auth_method"], "client_secret" in told) == ("private_key_jwt", False)
    assert [key["kid"] for key in told["jwks"]["keys"]] == [holder.jwk["kid"]]
    flow, tokens = agent.connected(holder)
    assert flow.works(tokens["access_token"])
    flow.signer = None
    refused = flow.refresh(tokens["refresh_token"], headers={}, client_id=told["client_id"])
    assert refused.json["error"] == "invalid_client"


def test_keys_are_for_apps_that_prove_themselves_with_one(agent: Agent) -> None:
    holder, method = Holder(), {"token_endpoint_auth_method": "private_key_jwt"}
    for keys in (
        {},
        {"jwks": {"keys": []}},
        {"jwks": 5},
        {"jwks": {"keys": [holder.jwk]}, "jwks_uri": "https://agent.in/k"},
    ):
        answer = agent.register(**method, **keys)
        assert answer.json["error"] == "invalid_client_metadata" and "jwks" in answer.json["error_description"]
    assert agent.register(**method, jwks_uri="https://10.0.0.8/keys").json["error"] == "invalid_client_metadata"
    assert "jwks" not in agent.registered(jwks={"keys": [holder.jwk]})


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


def test_it_is_never_published(agent: Agent) -> None:
    agent.registered()
    with pytest.raises(RegistryError), database.unit_of_work() as session:
        versions.publish(session, agent.page.id, actor.operator())
    assert agent.page.state == "unverified"
