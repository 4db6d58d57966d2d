"""client_credentials: the app alone (checklist 47)."""

from __future__ import annotations

import re

from flask import Flask

from connect.oauth.models import TokenChain
from tests.oauth.flow import Flow, slug
from tests.oauth.look import count, entries
from tests.support import world


def test_47_a_confidential_app_gets_a_token_for_itself(flow: Flow) -> None:
    said = flow.alone().json
    assert said["scope"] == "app:read app:webhooks"
    assert said["expires_in"] == 900
    answer = flow.get("/v1/probe/app", said["access_token"])
    assert answer.json == {"client_id": flow.world.client_id, "scope": "app:read app:webhooks"}


def test_47_a_service_client_gets_one_and_nothing_else(app: Flask) -> None:
    service = Flow(app, world.make(kind="service"))
    assert service.alone().status_code == 200
    assert service.exchange("vtc_x").json["error"] == "unauthorized_client"


def test_47_a_public_client_gets_none(public: Flow) -> None:
    assert public.alone().json["error"] == "unauthorized_client"


def test_47_there_is_no_refresh_token_and_no_chain(flow: Flow) -> None:
    assert "refresh_token" not in flow.alone().json
    assert flow.alone(scope="app:read offline_access").json["error"] == "invalid_scope"
    assert count(TokenChain) == 0


def test_47_the_token_opens_nothing_of_a_customer(flow: Flow) -> None:
    flow.connect()  # even where there is a grant
    token = flow.alone().json["access_token"]
    for path in ("/v1/probe", "/v1/probe/calls"):
        answer = flow.get(path, token)
        assert (answer.status_code, slug(answer)) == (403, "insufficient-scope")


def test_47_every_operation_about_a_customer_refuses_it(flow: Flow) -> None:
    flow.connect()
    token = flow.alone().json["access_token"]
    views, tried = flow.app.view_functions, 0
    for route in flow.app.url_map.iter_rules():
        guard = getattr(views[route.endpoint], "access_rule", "")
        if not route.rule.startswith("/v1/") or not guard.startswith("token") or "app:" in guard:
            continue
        path = route.rule
        for name in route.arguments:
            path = re.sub(rf"<[^<>]*\b{name}>", "x", path)
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}:
            headers = {"Authorization": f"Bearer {token}"}
            answer = flow.app.test_client().open(path, method=method, headers=headers)
            assert (answer.status_code, slug(answer)) == (403, "insufficient-scope"), (method, path)
            tried += 1
    assert tried >= 10


def test_47_a_customers_token_is_not_the_apps(flow: Flow) -> None:
    assert flow.get("/v1/probe/app", flow.connect()["access_token"]).status_code == 403


def test_scopes_of_customers_cannot_be_asked_for(flow: Flow) -> None:
    for scope in ("call_log:read", "app:read call_log:read", "ledger:read", "app:read  app:webhooks", 'app"read'):
        assert flow.alone(scope=scope).json["error"] == "invalid_scope", scope


def test_fewer_scopes_can_be_asked_for(flow: Flow) -> None:
    assert flow.alone(scope="app:webhooks").json["scope"] == "app:webhooks"


def test_the_ledger_names_the_app_and_no_customer(flow: Flow) -> None:
    flow.alone()
    [entry] = entries("issued")
    assert entry["app"] is not None
    assert entry["account"] is entry["grant"] is None
    assert entry["scopes"] == ["app:read", "app:webhooks"]
