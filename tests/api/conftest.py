"""An app before the API with an access token, for a customer with calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from apps_registry.details import Asked
from connect.grants.models import Grant
from connect.scopes.catalogue import RESOURCES
from tests.support import world
from tests.support.world import OPTIONAL, REQUIRED, World

EVERYTHING = (REQUIRED | OPTIONAL) - {"offline_access"}
PART_ONE = ("account", "number", "department", "user", "contact", "call")
EVERY_RESOURCE = frozenset(RESOURCES[name].scope for name in PART_ONE)


@pytest.fixture
def overrides() -> dict[str, Any]:
    """Without limits on requests, so that many of them are not the subject unless a test makes them so."""
    return {"api_rate": "", "address_rate": "", "token_failure_rate": ""}


@dataclass
class Api:
    """`get` sends a request with the token; `grant` is what it stands on."""

    app: Flask
    world: World
    grant: Grant
    token: str
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client(use_cookies=False)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.send("GET", path, **({"query_string": query} if query else {}))

    def send(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.client.open(path, method=method, headers=headers, **options)


@pytest.fixture
def there(app: Flask) -> World:
    return world.make(calls=25)


@pytest.fixture
def api_of(app: Flask, there: World) -> Callable[..., Api]:
    """`api_of(scopes, **terms)`: the owner consents to these; the app with its token."""

    def made(scopes: frozenset[str] = EVERYTHING, **terms: Any) -> Api:
        grant = world.give(there, scopes, **terms)
        return Api(app, there, grant, world.token(there, grant))

    return made


@pytest.fixture
def api(api_of: Callable[..., Api]) -> Api:
    """An app that may read all it asked for."""
    return api_of()


@pytest.fixture
def wide(app: Flask) -> Api:
    """An app that may read every resource, as far as its own scope shows it."""
    asked = tuple(Asked(scope, True, f"We need {scope}.") for scope in sorted(EVERY_RESOURCE))
    there = world.make(calls=25, asked=asked)
    grant = world.give(there, EVERY_RESOURCE)
    return Api(app, there, grant, world.token(there, grant))


def problem(answer: Response, slug: str, status: int) -> dict[str, Any]:
    """The problem document of an answer that must be of this type."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    said: dict[str, Any] = answer.get_json()
    assert said["type"].endswith(f"/problems/{slug}"), said
    assert said["status"] == status and said["instance"] == answer.headers["Request-Id"]
    return said
