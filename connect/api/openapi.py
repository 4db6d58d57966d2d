"""The OpenAPI 3.1 document, made from the routes, and the registration of /v1."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, jsonify
from flask_smorest import Api

from connect.api import account, calls, contacts, departments, grant, numbers, users
from connect.core import settings
from connect.core.access import public
from connect.scopes.scopes import CUSTOMER_SCOPES

RESOURCES = (account, numbers, departments, users, contacts, calls, grant)

document = Blueprint("openapi", __name__)


class ConnectApi(Api):  # type: ignore[misc]
    """flask-smorest's registry without its error handler and its own document routes: one error shape, one place for both."""

    def _register_error_handlers(self) -> None:
        """core.web answers every exception."""

    def _register_doc_blueprint(self) -> None:
        """/openapi.json is below."""


def install(app: Flask) -> None:
    """Register /v1 and its document."""
    app.config |= {
        "API_TITLE": "VoiceTree Connect",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.1",
        "API_SPEC_OPTIONS": {"info": {"description": _ABOUT}, "servers": [{"url": settings.current().base_url}]},
    }
    api = ConnectApi(app)
    api.spec.components.security_scheme("oauth", _security())
    for module in RESOURCES:
        api.register_blueprint(module.blueprint)
    app.extensions["connect.openapi"] = api.spec
    app.register_blueprint(document)


@document.get("/openapi.json")
@public
def openapi() -> Response:
    """The document of /v1."""
    from flask import current_app

    return jsonify(current_app.extensions["connect.openapi"].to_dict())


def _security() -> dict[str, Any]:
    base = settings.current().base_url
    return {
        "type": "oauth2",
        "flows": {
            "authorizationCode": {
                "authorizationUrl": f"{base}/oauth/authorize",
                "tokenUrl": f"{base}/oauth/token",
                "refreshUrl": f"{base}/oauth/token",
                "scopes": dict.fromkeys(sorted(CUSTOMER_SCOPES), ""),
            }
        },
    }


_ABOUT = (
    "Call data of a business that consented to your app. Every answer is recorded in a ledger that the business and its auditors can "
    "verify; `Request-Id` on the answer names the entry. Rows outside the terms of the grant do not exist for the app."
)
