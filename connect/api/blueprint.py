"""The blueprint class of /v1: one statement says an operation's path, scopes, parameters and answers, for Flask and for OpenAPI."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_smorest.blueprint import Blueprint
from marshmallow import Schema

from connect.api import responses
from connect.api.parameters import NoQuery
from connect.api.parsing import parser
from connect.core.access import View
from connect.core.paths import Paths
from connect.oauth.resource import protected

PATHS = Paths(machine=("/v1/", "/ledger/", "/openapi.json"))


class ApiBlueprint(Blueprint):
    """flask-smorest's blueprint with our parser. Schemas of answers only document: views return bytes that left by the door."""

    ARGUMENTS_PARSER = parser

    def reads(
        self,
        path: str,
        *scopes: str,
        query: type[Schema],
        answer: type[Schema],
        example: Mapping[str, Any],
        parameters: Mapping[str, Any] | None = None,
    ) -> Callable[[View], View]:
        """`GET path` for a token with all `scopes`; the view gets what `query` loads to, then what the path holds.

        `answer` is the schema of 200 and `example` one such answer; `parameters` describe the path's, by name.
        """

        said = responses.of(answer, example, missing=parameters is not None)
        return self._operation("GET", path, scopes, query, said, parameters)

    def ends(self, path: str, *scopes: str, parameters: Mapping[str, Any]) -> Callable[[View], View]:
        """`DELETE path`, likewise; it takes no query, and answers 204 without a body."""
        return self._operation("DELETE", path, scopes, NoQuery, responses.done(missing=True), parameters)

    def _operation(
        self,
        method: str,
        path: str,
        scopes: tuple[str, ...],
        query: type[Schema],
        said: Mapping[int, Any],
        parameters: Mapping[str, Any] | None,
    ) -> Callable[[View], View]:
        described = [{"in": "path", "name": name, **about} for name, about in (parameters or {}).items()]

        def register(view: View) -> View:
            parsed = self.arguments(query(), location="query")(view)
            security = [{"oauth": list(scopes)}]
            documented = self.doc(operationId=view.__name__, security=security, responses=said)(parsed)
            self.route(path, methods=[method], parameters=described)(protected(*scopes)(documented))
            return view

        return register
