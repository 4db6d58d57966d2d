"""Request parsing: marshmallow through webargs, every unknown or repeated parameter refused by name."""

from __future__ import annotations

from typing import Any, NoReturn

from flask import Request, request
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from connect.core.problems import field_errors


class Parser(FlaskParser):
    """webargs with unknown=RAISE for every location (`Meta.unknown` alone lets `?x=1` pass) and RFC 9457 errors."""

    DEFAULT_VALIDATION_STATUS = 400
    DEFAULT_UNKNOWN_BY_LOCATION = {"query": RAISE, "json": RAISE, "form": RAISE, "headers": None, "path": RAISE}

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        repeated = [name for name, values in req.args.lists() if len(values) > 1]
        if repeated:
            raise field_errors("invalid-parameter", {name: ["given more than once; give it once"] for name in repeated})
        return super().load_querystring(req, schema)

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_: Any) -> NoReturn:  # type: ignore[override]
        location, messages = next(iter(error.normalized_messages().items()))
        slug = "invalid-body" if location == "json" else "invalid-parameter"
        raise field_errors(slug, _flat(messages, schema)) from error

    def _handle_invalid_json_error(self, error: Any, req: Request, *_: Any, **__: Any) -> NoReturn:
        raise field_errors("invalid-body", {"body": ["not valid JSON in UTF-8"]}) from error


parser = Parser()


def no_parameters() -> None:
    """Refuse every query parameter, for operations that have none."""
    if request.args:
        raise field_errors(
            "invalid-parameter", {name: ["unknown parameter; this operation has none"] for name in request.args}
        )


def _flat(messages: Any, schema: Schema, prefix: str = "") -> dict[str, list[str]]:
    if isinstance(messages, list):
        return {prefix or "request": [_plain(message, schema) for message in messages]}
    found: dict[str, list[str]] = {}
    for name, inner in messages.items():
        found |= _flat(inner, schema, f"{prefix}.{name}" if prefix else str(name))
    return found


def _plain(message: Any, schema: Schema) -> str:
    if message == "Unknown field.":
        return f"unknown parameter; there are {', '.join(sorted(schema.load_fields))}"
    return str(message)
