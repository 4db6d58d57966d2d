"""How recently a person must have signed in (RFC 9470, OpenID Connect Core 3.1.2.1): `prompt` and `max_age` of a request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from authlib.oauth2 import OAuth2Error

PROMPTS = frozenset({"login", "consent", "none"})  # `consent` changes nothing: the page is always shown
PASSWORD = "urn:voicetree:acr:password"  # noqa: S105 - how people sign in here, as acr and acr_values_supported name it


class LoginRequired(OAuth2Error):
    """OpenID Connect Core 3.1.2.6."""

    error = "login_required"
    description = "Nobody is signed in, or not recently enough, and prompt=none lets nobody be asked."


class ConsentRequired(OAuth2Error):
    """OpenID Connect Core 3.1.2.6."""

    error = "consent_required"
    description = "A person has to see the page of consent, and prompt=none lets nobody be asked."


def prompts(parameters: Mapping[str, str]) -> frozenset[str]:
    """The values of `prompt`."""
    return frozenset(parameters.get("prompt", "").split())


def sign_in_after(parameters: Mapping[str, str], asked_at: datetime) -> datetime | None:
    """The oldest sign-in that will do for a request of `asked_at`; with prompt=login only one since then. None: any will do."""
    if "login" in prompts(parameters):
        return asked_at
    return asked_at - timedelta(seconds=int(parameters["max_age"])) if "max_age" in parameters else None


def without_asking(
    parameters: Mapping[str, str], asked_at: datetime, authenticated_at: datetime | None
) -> OAuth2Error | None:
    """What a request with prompt=none is told: a page of consent stands between every request and its code. None for the others."""
    if "none" not in prompts(parameters):
        return None
    after = sign_in_after(parameters, asked_at)
    recent = authenticated_at is not None and (after is None or authenticated_at >= after)
    return ConsentRequired() if recent else LoginRequired()
