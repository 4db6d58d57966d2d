"""/openapi.json is a valid OpenAPI 3.1 document and names exactly the routes of /v1."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from connect.core.problems import TYPES
from connect.scopes.catalogue import RESOURCES
from tests.support.databases import sqlite_only

pytestmark = sqlite_only


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    return dict(client.get("/openapi.json").get_json())


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()


def test_the_document_names_exactly_the_routes(document: dict[str, Any], app: Flask) -> None:
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.rule))
        for route in app.url_map.iter_rules()
        if route.rule.startswith("/v1/")
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
    }
    documented = {
        (method.upper(), path) for path, item in document["paths"].items() for method in item if method != "parameters"
    }
    assert documented == routes


def test_every_operation_says_what_it_does_and_which_problems_it_answers(document: dict[str, Any]) -> None:
    known = {str(kind.status) for kind in TYPES.values()} | {"200"}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                assert operation["summary"], path
                assert {"200", "401"} <= set(operation["responses"]) <= known, path


def test_every_field_of_a_resource_carries_its_class_and_its_scope(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    shown = {name: schema for name, schema in schemas.items() if name.lower().replace("_", "") in _names()}
    assert shown
    for name, schema in shown.items():
        bare = [field for field, said in schema["properties"].items() if not {"x-class", "x-scope"} <= set(said)]
        assert not set(bare) - {"_masked", "legs"}, name


def _names() -> set[str]:
    return {name.replace("_", "") for name in RESOURCES}
