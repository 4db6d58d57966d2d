"""The authorization request that waits for a person to sign in: named by its id in the address, or by the page they go back to."""

from __future__ import annotations

import re

from flask import request

from apps_registry import queries as registry
from connect.accounts import returning
from connect.core import ids
from connect.oauth import requests
from connect.oauth.requests import AuthorizationRequest

_REQUEST_ID = re.compile(rf"{requests.PREFIX}_[0-7][0-9a-hjkmnp-tv-z]{{25}}")


def path() -> str:
    """The consent page of the request in `?request=`; empty where the parameter is missing or is no such id."""
    given = request.args.get("request", "")
    return f"/consent/{given}" if _REQUEST_ID.fullmatch(given) else ""


def found() -> AuthorizationRequest | None:
    """The request that waits."""
    onward = path() or returning.peek()
    named = _REQUEST_ID.search(onward) if onward.startswith("/consent/") else None
    return requests.load(ids.decode(requests.PREFIX, named[0])) if named else None


def app_name(waiting: AuthorizationRequest | None) -> str:
    """The name of the app that waits for an answer, empty without one."""
    return registry.app_name(waiting.app_id) if waiting else ""


def login_hint(waiting: AuthorizationRequest | None) -> str:
    """The e-mail address that the app expects to sign in (OpenID Connect Core 3.1.2.1); nothing is looked up for it."""
    return waiting.parameters.get("login_hint", "") if waiting else ""
