"""What a token is for (RFC 8707; checklist 59): asked for, narrowed, kept, and enforced at the API."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import update
from werkzeug.datastructures import MultiDict

from connect.core import database
from connect.core import settings as core_settings
from connect.oauth.models import AccessToken, TokenChain
from tests.oauth.flow import Flow, query
from tests.oauth.test_resource import refused


def api() -> str:
    return core_settings.current().base_url


def several(flow: Flow, path: str, form: dict[str, Any], resources: Iterable[str]) -> Any:
    """POST with the parameter `resource` several times."""
    sent = MultiDict({name: value for name, value in form.items() if value is not None})
    sent.setlist("resource", list(resources))
    return flow.app.test_client().post(path, data=sent, headers=flow.client_auth)


def audience(flow: Flow, token: str) -> list[str]:
    found: list[str] = flow.introspect(token)["aud"]
    return found


def test_a_token_without_the_parameter_is_for_the_api(flow: Flow) -> None:
    token = flow.connect()["access_token"]
    assert audience(flow, token) == [api()]
    assert flow.works(token)


@pytest.mark.parametrize("written", ["{api}", "{api}/"])
def test_a_token_for_the_api_says_so_and_works_through_refreshes(flow: Flow, written: str) -> None:
    said = flow.connect(resource=written.format(api=api()))
    assert audience(flow, said["access_token"]) == [api()]
    for changes in ({}, {"resource": api()}):
        said = flow.refresh(said["refresh_token"], **changes).json
        assert flow.works(said["access_token"])


def test_the_metadata_names_what_the_parameter_takes(flow: Flow) -> None:
    named = flow.app.test_client().get("/.well-known/oauth-protected-resource").json["resource"]
    assert flow.works(flow.connect(resource=named)["access_token"])


OTHERS = ["https://evil.example", "https://evil.example/", "x", "{api}/v1", "{api}#part", "{api}?a", "{api} {api}", "é"]


@pytest.mark.parametrize("resource", OTHERS)
def test_a_resource_that_is_not_here_is_invalid_target_at_each_endpoint(flow: Flow, resource: str) -> None:
    resource = resource.format(api=api())
    told = query(flow.ask(resource=resource).location)
    assert (told["error"], told["state"]) == ("invalid_target", "the state")
    assert flow.push(resource=resource).json["error"] == "invalid_target"
    code = flow.code()
    assert flow.exchange(code, resource=resource).json["error"] == "invalid_target"
    said = flow.exchange(code).json  # it was not spent
    assert flow.refresh(said["refresh_token"], resource=resource).json["error"] == "invalid_target"
    assert flow.refresh(said["refresh_token"]).status_code == 200
    assert flow.alone(resource=resource).json["error"] == "invalid_target"


def test_several_values_are_taken_and_each_must_be_here(flow: Flow) -> None:
    form = flow.asked
    assert several(flow, "/oauth/par", form, [api(), f"{api()}/"]).status_code == 201
    for others in ([api(), "https://evil.example"], ["https://evil.example", api()]):
        assert several(flow, "/oauth/par", form, others).json["error"] == "invalid_target"
        alone = {"grant_type": "client_credentials"}
        assert several(flow, "/oauth/token", alone, others).json["error"] == "invalid_target"


def test_a_value_that_is_empty_counts_as_not_sent(flow: Flow) -> None:
    assert flow.alone(resource="").status_code == 200


def held(model: Any, audience: str) -> None:
    """Every token and chain there is was issued for something else, as one is that another resource of this server gets."""
    with database.unit_of_work() as session:
        session.execute(update(model).values(resource=audience))


def test_59_a_token_for_another_resource_is_401_invalid_token(flow: Flow) -> None:
    token = flow.connect()["access_token"]
    held(AccessToken, "https://connect.test/other")
    answer = flow.get("/v1/probe", token)
    assert "another resource" in refused(answer, 401, "not-authenticated")["detail"]
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_59_a_token_for_the_api_and_another_resource_works(flow: Flow) -> None:
    token = flow.connect()["access_token"]
    held(AccessToken, f"{api()} https://connect.test/other")
    assert flow.works(token)


def test_a_token_that_was_asked_for_an_address_is_not_for_the_next_one(flow: Flow) -> None:
    """The platform moves: what named the old address stays there, what named none comes along."""
    named, unnamed = flow.connect(resource=api())["access_token"], flow.connect()["access_token"]
    moved = dataclasses.replace(core_settings.current(), base_url="https://moved.test")
    core_settings.activate(moved)
    client = flow.app.test_client()
    for token, status in ((named, 401), (unnamed, 200)):
        answer = client.get("/v1/probe", base_url=moved.base_url, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status


def test_46_a_refresh_cannot_go_beyond_the_resource_of_its_chain(flow: Flow) -> None:
    said = flow.connect()
    held(TokenChain, "https://connect.test/other")
    assert flow.refresh(said["refresh_token"], resource=api()).json["error"] == "invalid_target"
    said = flow.refresh(said["refresh_token"]).json
    assert audience(flow, said["access_token"]) == ["https://connect.test/other"]
    assert not flow.works(said["access_token"])


def test_a_narrower_resource_narrows_the_access_token_alone(flow: Flow) -> None:
    said = flow.connect()
    both = f"{api()} https://connect.test/other"
    held(TokenChain, both)
    narrowed = flow.refresh(said["refresh_token"], resource=api()).json
    assert audience(flow, narrowed["access_token"]) == [api()]
    whole = flow.refresh(narrowed["refresh_token"]).json
    assert audience(flow, whole["access_token"]) == both.split()
