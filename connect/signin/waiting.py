"""The authorization request that waits for a person to sign in: named by its id in the address, or by the page they go back to."""

from __future__ import annotations

import re

from flask import request

from apps_registry import queries as registry
from connect.accounts import returning
from connect.core import ids
from connect.oauth import requests

_REQUEST_ID = re.compile(rf"{requests.PREFIX}_[0-7][0-9a-hjkmnp-tv-z]{{25}}")


def path() -> str:
    """The consent page of the request in `?request=`; empty where the parameter is missing or is no such id."""
    given = request.args.get("request", "")
    return f"/consent/{given}" if _REQUEST_ID.fullmatch(given) else ""


def app_name() -> str:
    """The name of the app that waits for an answer, empty without one."""
    onward = path() or returning.peek()
    found = _REQUEST_ID.search(onward) if onward.startswith("/consent/") else None
    waiting = requests.load(ids.decode(requests.PREFIX, found[0])) if found else None
    return registry.app_name(waiting.app_id) if waiting else ""
