"""Request parsing: marshmallow through webargs, every unknown or repeated parameter refused by name."""

from __future__ import annotations

from typing import Any, NoReturn

from flask import Request
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from connect.core.problems import field_errors


class Parser(FlaskParser):
    """webargs that refuses repeated parameters and answers in problem documents."""

    DEFAULT_VALIDATION_STATUS = 400

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        repeated = [name for name, values in req.args.lists() if len(values) > 1]
        if repeated:
            raise field_errors(
                "invalid-parameter", {name: ["is given more than once; give it once"] for name in repeated}
            )
        return super().load_querystring(req, schema)

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_: Any) -> NoReturn:
        location, messages = next(iter(error.messages_dict.items()))
        slug = "invalid-body" if location == "json" else "invalid-parameter"
        raise field_errors(slug, {name: _plain(said, schema) for name, said in messages.items()}) from error

    def _handle_invalid_json_error(self, error: Any, req: Request, *_: Any, **__: Any) -> NoReturn:
        raise field_errors("invalid-body", {"body": ["is not JSON in UTF-8"]}) from error


parser = Parser(unknown=RAISE)  # in every location; `Meta.unknown` alone lets `?x=1` pass


def _plain(said: Any, schema: Schema) -> list[str]:
    """marshmallow's messages on one parameter, in our words."""
    known = sorted(schema.load_fields[name].data_key or name for name in schema.load_fields)
    there_are = f"there are {', '.join(known)}" if known else "this operation has none"
    return [f"is no parameter here; {there_are}" if message == "Unknown field." else str(message) for message in said]
