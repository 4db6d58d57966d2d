"""Authorization details (RFC 9396): terms, as an app asks for them and as they hold. There is one type, so there is one object.

What an app asks is kept as it was checked; which terms come of it is found when it is known who is asked (disclosure/asking.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from authlib.oauth2 import OAuth2Error

from connect.core import strict_json
from connect.oauth.answers import clean
from connect.oauth.incoming import OAuthRequest
from connect.scopes import terms
from connect.scopes.errors import TermsError
from connect.scopes.terms_schema import TYPE

PARAMETER, TYPES = "authorization_details", (TYPE,)
_LONGEST = 16_384  # characters: 500 lines by their ids
_SHOWN_AT_MOST = 300


class InvalidDetails(OAuth2Error):
    """RFC 9396 5."""

    error = "invalid_authorization_details"


def check(request: OAuthRequest) -> None:
    """What is asked can be granted: one object of the type, nothing unknown in it. Raises InvalidDetails that names what is wrong."""
    text = request.form.get(PARAMETER)
    if text is None:
        return
    detail = _one(text)
    try:
        asked = terms.from_detail(detail, default=terms.default_terms(request.now))
    except TermsError as error:
        raise InvalidDetails(clean(str(error))[:_SHOWN_AT_MOST]) from error
    if terms.empty(asked, request.now):
        raise InvalidDetails("Nothing can be within these terms: they have ended, or name no line or department.")


def asked(parameters: Mapping[str, str]) -> dict[str, Any] | None:
    """The object that a checked request brought, if it did."""
    text = parameters.get(PARAMETER)
    found: list[dict[str, Any]] = orjson.loads(text) if text is not None else []
    return found[0] if found else None


def granted(stored: Mapping[str, Any] | None) -> dict[str, Any]:
    """The member of a token response or an introspection (RFC 9396 7, 9.1) for the terms of a grant; none for the app alone."""
    return {} if stored is None else {PARAMETER: [{"type": TYPE, **stored}]}


def none_at_the_token_endpoint(request: OAuthRequest) -> None:
    """RFC 9396 6: a token is on the terms of its grant, as they are at each request; there is nothing to choose between."""
    if PARAMETER in request.form:
        raise InvalidDetails("A token is on all terms of its grant; leave authorization_details out here.")


def _one(text: str) -> Any:
    if len(text) > _LONGEST:
        raise InvalidDetails(f"The authorization_details may have {_LONGEST} characters.")
    try:
        found = strict_json.parse(text.encode())
    except ValueError as error:
        raise InvalidDetails(f"The authorization_details cannot be read: {clean(str(error))}.") from error
    if not isinstance(found, list) or len(found) != 1:
        raise InvalidDetails(f"The authorization_details must be a list of one object, of the type {TYPE}.")
    return found[0]
