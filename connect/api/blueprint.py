"""The blueprint class of /v1, and the operation decorator that keeps a view and its documentation together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema

from connect.api.parsing import parser
from connect.api.schemas import ProblemSchema
from connect.core.access import View

_PROBLEMS = {
    400: "A parameter is wrong; `errors` names it",
    401: "The token is missing, expired or ended; `detail` says why",
    403: "A scope is missing (`scope` names it), or the customer paused the grant",
    429: "Too many requests; Retry-After says how long to wait",
    503: "Not available, or the disclosure could not be recorded: nothing was sent",
}


class ApiBlueprint(Blueprint):
    """flask-smorest's blueprint with our parser. `@blp.response` only documents: views return bytes that left by the door."""

    ARGUMENTS_PARSER = parser


def answers(
    blueprint: ApiBlueprint, schema: type[Schema], description: str, *, missing: bool = False
) -> Callable[[View], View]:
    """Document the answers of an operation: 200 with `schema`, and each problem it may answer."""

    def document(view: View) -> View:
        problems = _PROBLEMS | ({404: "No such record, or the grant does not reach it"} if missing else {})
        for status, words in problems.items():
            view = blueprint.alt_response(
                status, schema=ProblemSchema, description=words, content_type="application/problem+json"
            )(view)
        documented: Any = blueprint.response(200, schema, description=description)(view)
        return documented  # type: ignore[no-any-return]

    return document
