"""Webhook endpoints by page."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType

import pytest

from apps_registry.services import Registered
from connect.webhooks import queries
from tests.support import registry
from tests.support.visitor import Visitor

Visit = Callable[[], Visitor]
URL = "https://hooks.dialler.in/voicetree"


@pytest.fixture
def made(database: ModuleType) -> Registered:
    return registry.app(registry.team())


@pytest.fixture
def developer(made: Registered, visit: Visit) -> Visitor:
    registry.person("dev@dialler.example", ("developer", {"team_id": made.app.team_id}))
    browser = visit()
    browser.sign_in("dev@dialler.example")
    return browser


def path(made: Registered, rest: str = "") -> str:
    return f"/developer/apps/{made.app.client_id}/webhooks{rest}"


def secret_in(developer: Visitor, made: Registered) -> set[str]:
    return set(re.findall(r"whsec_[A-Za-z0-9+/=]{20,}", developer.get(path(made)).get_data(as_text=True)))


def test_an_endpoint_is_added_and_its_secret_shown_once(developer: Visitor, made: Registered) -> None:
    assert developer.send(path(made), {"url": URL, "types": ["call.ended"]}).status_code == 303
    assert len(secret_in(developer, made)) == 1 and secret_in(developer, made) == set()
    (line,) = queries.endpoints(made.app.client_id)
    assert (line.url, line.types, line.state) == (URL, ["call.ended"], "enabled")


@pytest.mark.parametrize(
    "url", ["", "ftp://dialler.example/", "https://10.0.0.1/", "https://user@dialler.example/", "x"]
)
def test_an_address_that_may_not_be_called_is_refused_at_its_field(
    developer: Visitor, made: Registered, url: str
) -> None:
    answer = developer.send(path(made), {"url": url, "types": ["call.ended"]})
    assert answer.status_code == 422
    assert 'id="url-error"' in answer.get_data(as_text=True)


def test_an_event_that_does_not_exist_is_refused(developer: Visitor, made: Registered) -> None:
    assert developer.send(path(made), {"url": URL, "types": ["call.dreamt"]}).status_code == 422


def test_a_sample_is_put_on_its_way_the_secret_changed_and_the_endpoint_removed(
    developer: Visitor, made: Registered
) -> None:
    developer.send(path(made), {"url": URL, "types": ["call.ended"]})
    first = secret_in(developer, made)
    endpoint = queries.endpoints(made.app.client_id)[0].id
    assert developer.send(path(made, f"/{endpoint}/sample"), page=path(made)).status_code == 303
    assert "Waiting" in developer.get(path(made)).get_data(as_text=True)
    assert developer.send(path(made, f"/{endpoint}/secret"), page=path(made)).status_code == 303
    second = secret_in(developer, made)
    assert len(second) == 1 and second != first
    assert developer.send(path(made, f"/{endpoint}/remove"), page=path(made)).status_code == 303
    assert queries.endpoints(made.app.client_id) == []


def test_an_endpoint_of_another_app_of_the_same_team_is_not_reached_through_this_one(
    developer: Visitor, made: Registered
) -> None:
    developer.send(path(made), {"url": URL, "types": ["call.ended"]})
    endpoint = queries.endpoints(made.app.client_id)[0].id
    other = registry.app(made.app.team_id, name="Other")
    for act in ("sample", "secret", "remove"):
        assert developer.send(path(other, f"/{endpoint}/{act}"), page=path(other)).status_code == 404
    assert len(queries.endpoints(made.app.client_id)) == 1
