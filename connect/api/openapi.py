"""The OpenAPI 3.1 document, made from the operations as they are registered, and that registration."""

from __future__ import annotations

from typing import Any

from apispec import APISpec
from flask import Blueprint, Flask, Response, current_app, jsonify
from flask_smorest import Api
from marshmallow.fields import Field

from connect.api import account, calls, contacts, departments, grant, grants, numbers, responses, users
from connect.core import settings
from connect.core.access import public
from connect.scopes.fields import id_pattern
from connect.scopes.scopes import APP_SCOPES, CUSTOMER_SCOPES
from connect.scopes.terms_schema import SelectionField
from connect.scopes.text import ENGLISH, words

RESOURCES = (account, numbers, departments, users, contacts, calls, grant, grants)

document = Blueprint("openapi", __name__)


class ConnectApi(Api):
    """flask-smorest's registry without what it adds on its own: one shape of errors, no paging by number, the document below."""

    DEFAULT_ERROR_RESPONSE_NAME = ""

    def _register_error_handlers(self) -> None:
        """core.web answers every exception."""

    def _register_doc_blueprint(self) -> None:
        """/openapi.json is below."""

    def _register_responses(self) -> None:
        """Those of api.responses."""

    def _register_etag_headers(self) -> None:
        """There are none."""

    def _register_pagination_header(self) -> None:
        """There is none: the cursor stands in the body."""


def install(app: Flask) -> None:
    """Register /v1 and its document."""
    app.config |= {
        "API_TITLE": "VoiceTree Connect",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.1",
        "API_SPEC_OPTIONS": {"info": {"description": _ABOUT}, "servers": [{"url": settings.current().base_url}]},
    }
    api = ConnectApi(app)
    assert api.ma_plugin.converter is not None
    api.ma_plugin.converter.add_attribute_function(_selection)
    api.spec.components.security_scheme("oauth", _security())
    responses.add_components(api.spec)
    for module in RESOURCES:
        api.register_blueprint(module.blueprint)
    app.extensions["connect.openapi"] = _open(api.spec)
    app.register_blueprint(document)


@document.get("/openapi.json")
@public
def openapi() -> Response:
    """The document of /v1."""
    return jsonify(current_app.extensions["connect.openapi"])


def _open(spec: APISpec) -> dict[str, Any]:
    """The document; no object in it is closed, since an answer may gain fields at any time."""
    for schema in spec.components.schemas.values():
        schema.pop("additionalProperties", None)
    made: dict[str, Any] = spec.to_dict()
    return made


def _selection(_converter: Any, field: Field[Any], **_: Any) -> dict[str, Any]:
    """apispec's hook: a selection of lines or departments."""
    if not isinstance(field, SelectionField):
        return {}
    listed = {"type": "array", "items": {"type": "string", "pattern": id_pattern(field.prefix)}}
    return {"oneOf": [{"const": "all"}, listed]}


def _security() -> dict[str, Any]:
    base, said = settings.current().base_url, words(ENGLISH).scopes
    return {
        "type": "oauth2",
        "description": "Authorization code with PKCE (RFC 7636); for the app alone, client credentials. No scope implies another.",
        "flows": {
            "authorizationCode": {
                "authorizationUrl": f"{base}/oauth/authorize",
                "tokenUrl": f"{base}/oauth/token",
                "refreshUrl": f"{base}/oauth/token",
                "scopes": {name: said[name].title for name in sorted(CUSTOMER_SCOPES)},
            },
            "clientCredentials": {
                "tokenUrl": f"{base}/oauth/token",
                "scopes": {name: said[name].title for name in sorted(APP_SCOPES)},
            },
        },
    }


_ABOUT = (
    "Call data of a business that consented to your app. Every answer is recorded in a ledger that the business and its auditors can "
    "verify; `Request-Id` on the answer names the entry. Rows outside the terms of the grant do not exist for the app. Fields that a "
    "grant does not show are left out; `x-scope` names the scope that shows a field, `x-mask` the mask under which a lesser one does."
)
