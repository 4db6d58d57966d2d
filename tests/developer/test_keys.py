"""Apps that prove who they are with a key, on the developers' pages: registered, shown, replaced."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from apps_registry import queries
from apps_registry.keys import Keys
from apps_registry.queries import AppPage
from connect.core import ids
from tests.developer.test_register import DEV, FIELDS
from tests.oauth.holder import Holder
from tests.support import registry
from tests.support.peer import peer, reply
from tests.support.visitor import Visitor


@pytest.fixture
def overrides() -> dict[str, Any]:
    return {"egress_loopback": True}


@pytest.fixture
def team(database: ModuleType) -> UUID:
    return registry.team()


@pytest.fixture
def developer(team: UUID, visit: Callable[[], Visitor]) -> Visitor:
    registry.person(DEV, ("developer", {"team_id": team}))
    browser = visit()
    browser.sign_in(DEV)
    return browser


def text(*holders: Holder) -> str:
    return json.dumps({"keys": [holder.jwk for holder in holders]})


def only_app() -> AppPage:
    (line,) = queries.apps()
    return queries.app_page(line.id)


@pytest.mark.parametrize(("proof", "profile"), [("key", "standard"), ("fapi", "fapi")])
def test_an_app_with_a_key_is_registered_and_shows_no_secret(developer: Visitor, proof: str, profile: str) -> None:
    holder = Holder(kid="2026-11")
    answer = developer.send("/developer/apps/new", {**FIELDS, "proof": proof, "jwks": f" {text(holder)}\r\n"})
    assert answer.status_code == 303
    page = only_app()
    assert (page.auth_method, page.profile, page.secrets) == ("private_key_jwt", profile, ())
    shown = developer.get(answer.location).get_data(as_text=True)
    assert "2026-11" in shown and holder.jkt in shown and "ES256" in shown
    assert "vts_" not in shown and "Client secrets" not in shown
    assert ("FAPI 2.0" in shown) == (proof == "fapi")


def test_without_a_choice_an_app_has_a_secret(developer: Visitor) -> None:
    developer.send("/developer/apps/new", FIELDS)
    assert (only_app().auth_method, only_app().profile) == ("client_secret_basic", "standard")


KEYS = text(Holder())  # new in each process, so they are in no test's name
WRONG: dict[str, tuple[dict[str, str], str]] = {
    "no key": ({"proof": "key"}, "jwks"),
    "no key for FAPI": ({"proof": "fapi"}, "jwks"),
    "no JSON": ({"proof": "key", "jwks": "{"}, "jwks"),
    "no set": ({"proof": "key", "jwks": "{}"}, "jwks"),
    "a private key": ({"proof": "key", "jwks": json.dumps({"keys": [Holder().key.as_dict(private=True)]})}, "jwks"),
    "both": ({"proof": "key", "jwks": KEYS, "jwks_uri": "https://dialler.in/keys"}, "jwks_uri"),
    "plain http": ({"proof": "key", "jwks_uri": "http://dialler.in/keys"}, "jwks_uri"),
    "a secret and keys": ({"proof": "secret", "jwks": KEYS}, "jwks"),
    "no such way": ({"proof": "magic"}, "proof"),
    "not for this kind": ({"proof": "key", "client_kind": "native", "jwks": KEYS}, "proof"),
    "not FAPI for this kind": ({"proof": "fapi", "client_kind": "public", "jwks": KEYS}, "proof"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_will_not_do_is_named_where_it_stands_and_is_still_there(developer: Visitor, wrong: str) -> None:
    change, field = WRONG[wrong]
    answer = developer.send("/developer/apps/new", {**FIELDS, **change})
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in shown and "<title>Error:" in shown
    assert change.get("jwks_uri", "") in shown
    assert queries.apps() == []


def keyed(team: UUID, **keys: Any) -> str:
    """The path of the page of an app with these keys."""
    made = registry.app(team, auth_method="private_key_jwt", keys=Keys(**keys))
    return f"/developer/apps/{made.app.client_id}"


def held(path: str) -> AppPage:
    return queries.app_page(ids.decode("app", path.rpartition("/")[2]))


def test_keys_are_replaced_from_the_page(developer: Visitor, team: UUID) -> None:
    path, second = keyed(team, jwks=json.loads(KEYS)), Holder("EdDSA", kid="second")
    assert developer.send(f"{path}/keys", {"jwks": text(second)}, page=path).status_code == 303
    assert [key.thumbprint for key in held(path).keys] == [second.jkt]
    assert "prove nothing any more" in developer.get(path).get_data(as_text=True)
    assert developer.send(f"{path}/keys", {"jwks_uri": "https://dialler.in/keys"}, page=path).status_code == 303
    assert (held(path).jwks, held(path).jwks_uri) == (None, "https://dialler.in/keys")


@pytest.mark.parametrize(
    "fields", [{}, {"jwks": "{"}, {"jwks": KEYS, "jwks_uri": "https://x.in/"}, {"jwks_uri": "x"}], ids=len
)
def test_keys_that_will_not_do_replace_nothing(developer: Visitor, team: UUID, fields: dict[str, str]) -> None:
    path = keyed(team, jwks=json.loads(KEYS))
    answer = developer.send(f"{path}/keys", fields, page=path)
    assert answer.status_code == 422
    assert "-error" in answer.get_data(as_text=True)
    assert len(held(path).keys) == 1


def test_an_app_with_a_secret_has_no_keys_to_replace(developer: Visitor, team: UUID) -> None:
    path = f"/developer/apps/{registry.app(team).app.client_id}"
    assert "Public keys" not in developer.get(path).get_data(as_text=True)
    assert developer.send(f"{path}/keys", {"jwks": KEYS}, page=path).status_code == 422
    assert developer.send(f"{path}/keys/read", {}, page=path).status_code == 303
    assert held(path).keys == ()


def test_published_keys_are_read_from_the_page_and_what_is_wrong_is_said(developer: Visitor, team: UUID) -> None:
    answer = reply(200, text(Holder(kid="first")).encode(), Content_Type="application/json")
    with peer(answer) as host:
        path = keyed(team, jwks_uri=host.url)
        assert host.url in developer.get(path).get_data(as_text=True)
        developer.send(f"{path}/keys/read", {}, page=path)
        assert "One key was read: first." in developer.get(path).get_data(as_text=True)
        host.says(reply(404))
        developer.send(f"{path}/keys/read", {}, page=path)
        assert "No keys can be read there: status" in developer.get(path).get_data(as_text=True)
