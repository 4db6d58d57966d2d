"""What the platform says of itself is true and complete (checklist 64, RFC 8414, RFC 9728)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2 import rfc8414, rfc9207
from flask import Flask

from connect.core import settings
from connect.oauth.clients import DEVICE
from connect.scopes.scopes import CUSTOMER_SCOPES
from tests.oauth.flow import Flow


def _document(app: Flask, name: str) -> dict[str, Any]:
    answer = app.test_client().get(f"/.well-known/{name}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return answer.json


def test_64_the_servers_metadata_is_valid(app: Flask, monkeypatch: Any) -> None:
    document = _document(app, "oauth-authorization-server")
    if not settings.current().https:
        monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    metadata = rfc8414.AuthorizationServerMetadata(document)
    metadata.validate(metadata_classes=[rfc9207.AuthorizationServerMetadata])
    assert document["issuer"] == settings.current().base_url
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["authorization_response_iss_parameter_supported"] is True


def test_64_each_endpoint_that_is_named_is_there(app: Flask) -> None:
    document = _document(app, "oauth-authorization-server")
    base = document["issuer"]
    paths = {address.removeprefix(base) for name, address in document.items() if name.endswith("_endpoint")}
    kept = {"/oauth/authorize", "/oauth/par", "/oauth/device_authorization"}
    assert paths == kept | {
        "/oauth/token",
        "/oauth/revoke",
        "/oauth/introspect",
        "/oauth/register",
        "/v1/grants",
    }
    routes = {route.rule for route in app.url_map.iter_rules()}
    assert paths <= routes


def test_64_each_grant_type_and_method_that_is_named_works(flow: Flow) -> None:
    document = _document(flow.app, "oauth-authorization-server")
    known = {"authorization_code", "refresh_token", "client_credentials", DEVICE}
    assert set(document["grant_types_supported"]) == known
    flow.refresh(flow.connect()["refresh_token"])
    assert flow.alone().status_code == 200
    for grant_type in document["grant_types_supported"]:
        assert flow.alone(grant_type=grant_type).json.get("error") != "unsupported_grant_type"
    for scope in set(document["scopes_supported"]) & CUSTOMER_SCOPES:
        assert b"Not a scope" not in flow.ask(scope=scope).data


def test_64_each_way_to_authenticate_that_is_named_works_where_it_is_named(
    flow: Flow, keyed: Flow, public: Flow
) -> None:
    document = _document(flow.app, "oauth-authorization-server")
    in_body = {"headers": {}, "client_id": flow.world.client_id, "client_secret": flow.world.client_secret}
    ways: dict[str, tuple[Flow, dict[str, Any]]] = {
        "client_secret_basic": (flow, {}),
        "client_secret_post": (flow, in_body),
        "private_key_jwt": (keyed, {}),
        "none": (public, {}),
    }
    for endpoint, path in (("token", "token"), ("revocation", "revoke"), ("introspection", "introspect")):
        named = document[f"{endpoint}_endpoint_auth_methods_supported"]
        for method, (app, form) in ways.items():
            asked = {"grant_type": "refresh_token", "refresh_token": "vtr_none", "token": "vta_none"}
            headers = form.get("headers")
            rest = {name: value for name, value in form.items() if name != "headers"}
            answer = app.post(f"/oauth/{path}", asked | rest, headers)
            assert (answer.json.get("error") != "invalid_client") == (method in named), (endpoint, method)


def test_64_the_resources_metadata_names_the_server(app: Flask) -> None:
    document = _document(app, "oauth-protected-resource")
    base = settings.current().base_url
    assert document["resource"] == base
    assert document["authorization_servers"] == [base]
    assert document["bearer_methods_supported"] == ["header"]
    assert set(document["scopes_supported"]) >= CUSTOMER_SCOPES
