"""/openapi.json: valid, equal to the routes, and true of every answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from connect.api import examples
from connect.core import settings
from connect.core.problems import TYPES
from connect.scopes.catalogue import RESOURCES
from connect.scopes.fields import METADATA
from connect.scopes.rights import FILTERS, scope_for_filter
from connect.scopes.scopes import CUSTOMER_SCOPES
from tests.api.conftest import Api


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/openapi.json")
    assert answer.status_code == 200 and answer.content_type == "application/json"
    return dict(answer.get_json())


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """`GET /v1/calls/{call_id}` and its description."""
    for path, item in document["paths"].items():
        for method in item.keys() & {"get", "post", "put", "patch", "delete"}:
            yield f"{method.upper()} {path}", item[method]


def resolve(document: dict[str, Any], found: Any) -> Any:
    """What a `$ref` of the document leads to; of several forms (one is null), the first."""
    while {"$ref", "anyOf"} & set(found):
        if "anyOf" in found:
            found = found["anyOf"][0]
            continue
        place: Any = document
        for step in found["$ref"].removeprefix("#/").split("/"):
            place = place[step]
        found = place
    return found


def objects(found: Any) -> Iterator[dict[str, Any]]:
    """Every object inside `found`."""
    if isinstance(found, dict):
        yield found
        for member in found.values():
            yield from objects(member)
    elif isinstance(found, list):
        for member in found:
            yield from objects(member)


def errors(document: dict[str, Any], schema: Any, value: Any) -> list[str]:
    """What of `value` does not fit `schema`."""
    whole = {**schema, "components": document["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


def test_it_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    assert document["servers"] == [{"url": settings.current().base_url}]


def test_it_has_every_route_with_exactly_the_scopes_that_open_it(app: Flask, document: dict[str, Any]) -> None:
    routes = {
        f"{method} {rule.rule.replace('<', '{').replace('>', '}')}": getattr(
            app.view_functions[rule.endpoint], "access_rule", None
        )
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/v1/")
    }
    described = {
        name: " ".join(["token", *sorted(scopes)])
        for name, operation in operations(document)
        for requirement in operation["security"]
        for scopes in requirement.values()
    }
    assert described == routes and len(routes) == 11


def test_every_operation_has_a_name_a_summary_and_a_tag_that_is_explained(document: dict[str, Any]) -> None:
    found = [operation for _, operation in operations(document)]
    assert len({operation["operationId"] for operation in found}) == len(found)
    assert all(operation["summary"] for operation in found)
    explained = {tag["name"] for tag in document["tags"] if tag["description"]}
    assert {tag for operation in found for tag in operation["tags"]} == explained


def test_every_parameter_is_explained_and_every_path_parameter_is_there(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        found = [*item.get("parameters", ()), *item["get"].get("parameters", ())]
        in_path = {parameter["name"] for parameter in found if parameter["in"] == "path"}
        assert in_path == set(re.findall(r"{(.+?)}", path))
        assert all(parameter.get("description") for parameter in found if parameter["in"] == "query")


def test_the_filters_of_the_call_log_are_those_of_the_catalogue_with_their_scope(document: dict[str, Any]) -> None:
    found = {item["name"]: item["description"] for item in document["paths"]["/v1/calls"]["get"]["parameters"]}
    assert found.keys() == {*FILTERS["call"], "limit", "cursor", "fields"}
    for name in FILTERS["call"]:
        scope = scope_for_filter("call", name)
        assert scope == "call_log:read" or f"`{scope}`" in found[name]


def test_every_answer_names_its_headers_and_every_refusal_is_a_problem(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        statuses = set(operation["responses"])
        done = "204" if name.startswith("DELETE") else "200"
        assert statuses == {done, "400", "401", "403", "429", "431", "500", "503"} | ({"404"} if "{" in name else set())
        for status, response in operation["responses"].items():
            found = resolve(document, response)
            assert "Request-Id" in found["headers"]
            assert ("Retry-After" in found["headers"]) == (status in {"429", "503"})
            assert ("WWW-Authenticate" in found["headers"]) == (status in {"401", "403"})
            if status == "204":
                assert "content" not in found
                continue
            (media_type,) = found["content"]
            assert media_type == ("application/json" if status == "200" else "application/problem+json")


def test_every_example_fits_its_schema(document: dict[str, Any]) -> None:
    shown = [media for media in objects(document) if "schema" in media and {"example", "examples"} & set(media)]
    answered = [name for name, _ in operations(document) if not name.startswith("DELETE")]
    assert len(shown) == len(answered) + 8
    for media in shown:
        given = [media["example"]] if "example" in media else [each["value"] for each in media["examples"].values()]
        for value in given:
            assert errors(document, media["schema"], value) == []


def test_examples_of_records_have_every_field_that_their_own_scope_shows(document: dict[str, Any]) -> None:
    shown = {
        "account": examples.ACCOUNT,
        "number": examples.NUMBER,
        "department": examples.DEPARTMENT,
        "user": examples.USER,
    }
    shown |= {"contact": examples.CONTACT, "call": examples.CALL, "call_leg": examples.LEG}
    for name, example in shown.items():
        resource = RESOURCES[name]
        wanted = [field.name for field in resource.fields if field.scope == resource.scope or field.mask]
        assert [field for field in example if field != "_masked"] == wanted


def test_every_problem_of_an_example_is_one_of_the_registry(document: dict[str, Any]) -> None:
    base = settings.current().base_url
    found = [each["value"] for each in objects(document["components"]["responses"]) if "value" in each]
    assert all(value["type"].removeprefix(f"{base}/problems/") in TYPES for value in found) and len(found) > 10


def test_only_the_catalogues_metadata_reaches_it(document: dict[str, Any]) -> None:
    keys = {key for found in objects(document) for key in found if key.startswith("x-")}
    assert keys == {key for key in METADATA if key.startswith("x-")}


def test_fields_say_which_scope_shows_them(document: dict[str, Any]) -> None:
    call = document["components"]["schemas"]["Call"]["properties"]
    for rule in RESOURCES["call"].fields:
        said = call[rule.name]
        assert (said["x-class"], said["x-scope"], said["x-mask"]) == (rule.data_class, rule.scope, rule.mask)
        assert said["description"] == rule.description


def test_the_authorization_servers_addresses_and_all_scopes_are_in_it(document: dict[str, Any]) -> None:
    flow = document["components"]["securitySchemes"]["oauth"]["flows"]["authorizationCode"]
    base = settings.current().base_url
    assert (flow["authorizationUrl"], flow["tokenUrl"]) == (f"{base}/oauth/authorize", f"{base}/oauth/token")
    assert flow["scopes"].keys() == CUSTOMER_SCOPES and all(flow["scopes"].values())


def test_no_object_is_closed_and_nothing_is_left_of_the_librarys_own_forms(document: dict[str, Any]) -> None:
    assert not [found for found in objects(document) if "additionalProperties" in found]
    assert not {"Error", "PaginationMetadata"} & document["components"]["schemas"].keys()
    assert not [name for _, operation in operations(document) for name in operation["responses"] if name == "default"]


PATHS = ["/v1/account", "/v1/numbers", "/v1/departments", "/v1/users", "/v1/contacts", "/v1/calls", "/v1/grant"]


def test_answers_hold_nothing_that_the_document_does_not_say(wide: Api, document: dict[str, Any]) -> None:
    call_id = wide.get("/v1/calls", limit=1).get_json()["data"][0]["id"]
    for path in [*PATHS, f"/v1/calls/{call_id}"]:
        described = document["paths"][path.replace(call_id, "{call_id}")]["get"]["responses"]["200"]
        schema = described["content"]["application/json"]["schema"]
        answer = wide.get(path).get_json()
        assert errors(document, schema, answer) == []
        assert _unsaid(document, schema, answer) == []


def _unsaid(document: dict[str, Any], schema: Any, value: Any, place: str = "") -> list[str]:
    """Members of `value` that `schema` does not name."""
    schema = resolve(document, schema)
    if isinstance(value, list):
        return [found for each in value for found in _unsaid(document, schema.get("items", {}), each, place)]
    if not isinstance(value, dict):
        return []
    known = schema.get("properties", {})
    unsaid = [f"{place}.{name}" for name in value if name not in known]
    return unsaid + [
        found
        for name in value
        if name in known
        for found in _unsaid(document, known[name], value[name], f"{place}.{name}")
    ]


def test_the_document_needs_no_token_and_no_database(app: Flask, database: ModuleType, count_queries: Any) -> None:
    with count_queries() as queries:
        assert app.test_client().get("/openapi.json").status_code == 200
    assert queries == []
