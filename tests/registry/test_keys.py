"""Keys of apps (private_key_jwt): given when an app is registered, replaced later, each change in the ledger."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import orjson
import pytest
from joserfc import jwk
from sqlalchemy import select

from apps_registry import clients, keys, queries, services
from apps_registry.errors import InvalidApp
from apps_registry.keys import Keys
from apps_registry.models import App
from apps_registry.services import Registered
from connect.ledger.models import LedgerEntry
from tests.support import registry
from tests.support.registry import OPERATOR, REGISTRATION

METHOD = "private_key_jwt"
URI = "https://dialler.in/keys.json"


def key(kid: str) -> dict[str, Any]:
    return {**jwk.ECKey.generate_key("P-256").as_dict(private=False), "kid": kid}


def by_value(*members: dict[str, Any]) -> Keys:
    return Keys({"keys": list(members)})


def made(**changes: Any) -> Registered:
    return registry.app(registry.team(), **({"auth_method": METHOD, "keys": by_value(key("one"))} | changes))


def refused(database: ModuleType, **changes: Any) -> dict[str, str]:
    team_id = registry.team()
    with pytest.raises(InvalidApp) as refusal, database.unit_of_work() as session:
        services.register(session, team_id, replace(REGISTRATION, **changes), OPERATOR)
    with database.read() as connection:
        assert connection.scalar(select(App.id)) is None
    return {error.field: error.message for error in refusal.value.errors}


def written(database: ModuleType) -> list[tuple[str, str, str, str | None]]:
    """The entries about credentials: event, kind, name, hint."""
    with database.read() as connection:
        found = connection.scalars(
            select(LedgerEntry.body).where(LedgerEntry.type == "secret").order_by(LedgerEntry.id)
        ).all()
    return [(said["event"], said["kind"], said["secret"], said["hint"]) for said in map(orjson.loads, found)]


@pytest.mark.parametrize("kind", ["confidential", "service"])
def test_an_app_with_keys_has_no_secret_and_the_ledger_names_its_keys(database: ModuleType, kind: str) -> None:
    given = key("one")
    without = {"redirect_uris": (), "asked": ()} if kind == "service" else {}
    app = made(kind=kind, keys=by_value(given), **without)
    assert app.secret is None
    page = queries.app_page(app.app.id)
    assert (page.auth_method, page.profile, page.secrets) == (METHOD, "standard", ())
    [held] = page.keys
    thumbprint = jwk.import_key(given).thumbprint()
    assert (held.kid, held.thumbprint) == ("one", thumbprint)
    assert written(database) == [("made", "client_key", thumbprint, "one")]


def test_the_address_of_keys_is_kept_as_it_was_given(database: ModuleType) -> None:
    app = made(keys=Keys(jwks_uri=URI))
    client = clients.find_client(app.app.client_id)
    assert client is not None
    assert (client.jwks, client.jwks_uri) == (None, URI)
    assert written(database) == [("made", "jwks_uri", URI, None)]


def test_the_fapi_tier_is_that_of_an_app_with_a_server_and_a_key(database: ModuleType) -> None:
    app = made(auth_method="", profile="fapi")
    page = queries.app_page(app.app.id)
    assert (page.profile, page.auth_method) == ("fapi", METHOD)
    assert app.secret is None


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"auth_method": METHOD}, "jwks", "Give the app's public keys"),
        ({"auth_method": METHOD, "keys": Keys({"keys": [key("one")]}, URI)}, "jwks_uri", "not both"),
        ({"auth_method": METHOD, "keys": Keys({})}, "jwks", "list of keys"),
        ({"auth_method": METHOD, "keys": Keys({"keys": [{"kty": "oct", "k": "eA"}]})}, "jwks", "key 1"),
        ({"auth_method": METHOD, "keys": by_value(key("one"), key("one"))}, "jwks", "kid"),
        ({"auth_method": METHOD, "keys": Keys(jwks_uri="http://dialler.in/keys")}, "jwks_uri", "https"),
        ({"auth_method": METHOD, "keys": Keys(jwks_uri="https://10.0.0.1/keys")}, "jwks_uri", "public internet"),
        ({"auth_method": METHOD, "keys": Keys(jwks_uri="https://localhost/keys")}, "jwks_uri", "public name"),
        ({"auth_method": METHOD, "keys": Keys(jwks_uri="https://x.in/" + "k" * 2100)}, "jwks_uri", "too long"),
        ({"keys": by_value(key("one"))}, "jwks", "leave them out"),
        ({"auth_method": "none"}, "auth_method", METHOD),
        ({"kind": "public", "auth_method": METHOD, "keys": by_value(key("one"))}, "auth_method", "none"),
        ({"kind": "native", "profile": "fapi"}, "profile", "server"),
        ({"profile": "fapi", "auth_method": "client_secret_basic"}, "profile", "key"),
        ({"profile": "fapi"}, "jwks", "Give the app's public keys"),
        ({"profile": "bank"}, "profile", "standard, fapi"),
    ],
)
def test_what_is_wrong_is_named(database: ModuleType, changes: dict[str, Any], field: str, said: str) -> None:
    assert said in refused(database, **changes)[field]


def test_keys_are_replaced_and_the_ledger_says_which_went_and_which_came(database: ModuleType) -> None:
    one, two, three = key("one"), key("two"), key("three")
    app = made(keys=by_value(one, two)).app
    with database.unit_of_work() as session:
        keys.replace(session, app.id, by_value(two, three), OPERATOR)
    thumbprint = {member["kid"]: jwk.import_key(member).thumbprint() for member in (one, two, three)}
    assert written(database)[2:] == [
        ("made", "client_key", thumbprint["three"], "three"),
        ("ended", "client_key", thumbprint["one"], "one"),
    ]
    with database.unit_of_work() as session:
        keys.replace(session, app.id, Keys(jwks_uri=URI), OPERATOR)
        keys.replace(session, app.id, Keys(jwks_uri=URI), OPERATOR)  # nothing new, no entry
    assert [event for event, *_ in written(database)[4:]] == ["made", "ended", "ended"]
    page = queries.app_page(app.id)
    assert (page.keys, page.jwks_uri) == ((), URI)


def test_an_app_with_a_secret_has_no_keys_to_replace_and_one_with_keys_no_secret_to_rotate(
    database: ModuleType,
) -> None:
    secret, keyed = registry.app(registry.team("a")).app, made().app
    for act in (
        lambda session: keys.replace(session, secret.id, by_value(key("one")), OPERATOR),
        lambda session: services.rotate_secret(session, keyed.id, OPERATOR),
    ):
        with pytest.raises(InvalidApp), database.unit_of_work() as session:
            act(session)


@pytest.mark.parametrize(
    "text", ["", "keys", "[]", "[1]", "7", '{"keys": [], "keys": []}', "{" * 5000, "x" * 40_000, "\ud800"]
)
def test_a_text_that_is_no_json_object_is_refused_at_its_field(app: Any, text: str) -> None:
    with app.test_request_context(), pytest.raises(InvalidApp) as refusal:
        keys.read(text)
    assert [error.field for error in refusal.value.errors] == ["jwks"]
