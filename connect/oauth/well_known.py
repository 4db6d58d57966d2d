"""What the platform says of itself, so that a client needs nothing but its address: RFC 8414 and RFC 9728."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from connect.core import public_keys, settings
from connect.core.access import public
from connect.oauth import answers, authentication, clients, details, dpop, reauthentication, refusals
from connect.scopes.scopes import APP_SCOPES, CONSENT_SCOPES, CUSTOMER_SCOPES

blueprint = Blueprint("well_known", __name__)

AUTHORIZE, PUSH, TOKEN = "/oauth/authorize", "/oauth/par", "/oauth/token"
REGISTER = "/oauth/register"
DEVICE_AUTHORIZATION = "/oauth/device_authorization"
REVOKE, INTROSPECT = "/oauth/revoke", "/oauth/introspect"
GRANTS = "/v1/grants"  # a resource of the API, for a token of the app alone
_ALGORITHMS = list(public_keys.ALGORITHMS)  # of client assertions


@blueprint.get("/.well-known/oauth-authorization-server")
@public
def authorization_server() -> Response:
    """RFC 8414 3."""
    return jsonify(authorization_server_metadata())


@blueprint.get(refusals.METADATA)
@public
def protected_resource() -> Response:
    """RFC 9728 3: the API is the platform's whole address."""
    return jsonify(protected_resource_metadata())


def authorization_server_metadata() -> dict[str, Any]:
    """What is true of this server of RFC 8414 2, CIMD 5, RFC 8628 4, RFC 9126 5, RFC 9207 3, RFC 9449 5.1, RFC 9470 7, RFC 9728 4."""
    config = settings.current()
    base = config.base_url
    registration = {"registration_endpoint": base + REGISTER} if config.registration else {}
    return {
        **registration,
        "client_id_metadata_document_supported": config.client_documents,
        "issuer": base,
        "authorization_endpoint": base + AUTHORIZE,
        "pushed_authorization_request_endpoint": base + PUSH,
        "require_pushed_authorization_requests": False,
        "device_authorization_endpoint": base + DEVICE_AUTHORIZATION,
        "token_endpoint": base + TOKEN,
        "revocation_endpoint": base + REVOKE,
        "introspection_endpoint": base + INTROSPECT,
        "scopes_supported": sorted(CONSENT_SCOPES | APP_SCOPES),
        "grant_management_endpoint": base + GRANTS,
        "grant_management_actions_supported": ["query", "revoke"],
        "response_types_supported": ["code"],
        "response_modes_supported": list(answers.MODES),
        "grant_types_supported": [clients.CODE, clients.DEVICE, clients.REFRESH, clients.ALONE],
        "token_endpoint_auth_methods_supported": list(authentication.METHODS),
        "token_endpoint_auth_signing_alg_values_supported": _ALGORITHMS,
        "revocation_endpoint_auth_methods_supported": list(authentication.METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": _ALGORITHMS,
        "introspection_endpoint_auth_methods_supported": list(authentication.PROVED),
        "introspection_endpoint_auth_signing_alg_values_supported": _ALGORITHMS,
        "code_challenge_methods_supported": ["S256"],
        "authorization_details_types_supported": list(details.TYPES),
        "dpop_signing_alg_values_supported": list(dpop.ALGORITHMS),
        "prompt_values_supported": sorted(reauthentication.PROMPTS),
        "acr_values_supported": [reauthentication.PASSWORD],
        "authorization_response_iss_parameter_supported": True,
        "protected_resources": [base],
    }


def protected_resource_metadata() -> dict[str, Any]:
    """The members of RFC 9728 2."""
    base = settings.current().base_url
    return {
        "resource": base,
        "resource_name": "VoiceTree Connect",
        "authorization_servers": [base],
        "scopes_supported": sorted(CUSTOMER_SCOPES | APP_SCOPES),
        "bearer_methods_supported": ["header"],
        "authorization_details_types_supported": list(details.TYPES),
        "dpop_signing_alg_values_supported": list(dpop.ALGORITHMS),
        "dpop_bound_access_tokens_required": False,
    }
