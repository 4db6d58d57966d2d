"""States, kinds and tiers in words, as developer and staff read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _

from connect.scopes.scopes import SCOPES, Review, Tier, highest_tier


@dataclass(frozen=True)
class StateWords:
    """A state in words, how it is marked (good, warning, bad, quiet, info), and what it means for the team."""

    words: Any
    kind: str
    advice: Any = ""


APP_STATES: dict[str, StateWords] = {
    "draft": StateWords(_("Draft"), "quiet", _("Sandbox businesses, and up to five you name, can connect it.")),
    "testing": StateWords(_("Testing"), "info", _("Sandbox businesses, and up to five you name, can connect it.")),
    "in_review": StateWords(
        _("In review"), "info", _("A reviewer reads what it asks for and why; meanwhile it works as in testing.")
    ),
    "published": StateWords(_("Published"), "good", _("Every business can connect it and find it in the directory.")),
    "unlisted": StateWords(_("Unlisted"), "good", _("Every business can connect it; the directory does not show it.")),
    "private": StateWords(_("Private"), "info", _("Only the business it was made for can connect it.")),
    "unverified": StateWords(
        _("Unverified"), "warning", _("It registered itself. Nobody has checked it, so it may ask for little.")
    ),
    "suspended": StateWords(_("Suspended"), "bad", _("Nothing of it works until our staff reinstate it.")),
    "retired": StateWords(_("Retired"), "quiet", _("It has ended for good.")),
}

VERSION_STATES: dict[str, StateWords] = {
    "draft": StateWords(_("Draft"), "quiet"),
    "in_review": StateWords(_("In review"), "info"),
    "published": StateWords(_("Published"), "good"),
    "refused": StateWords(_("Refused"), "bad"),
}

KINDS: dict[str, Any] = {
    "confidential": _("Web app with a server (keeps a secret or a key)"),
    "public": _("App in the browser (no secret)"),
    "native": _("Mobile or desktop app (no secret)"),
    "service": _("Service that acts for the app alone"),
    "device": _("Device without a browser, such as a display or a desk phone (no secret)"),
}

AUTH_METHODS: dict[str, Any] = {
    "client_secret_basic": _("Client secret, in the Authorization header or the body"),
    "client_secret_post": _("Client secret, in the body or the Authorization header"),
    "private_key_jwt": _("A key of its own (private_key_jwt)"),
    "none": _("None: PKCE, or the device code, alone"),
}

ORIGINS: dict[str, Any] = {
    "team": _("Registered by its team"),
    "registration": _("Registered itself"),
    "document": _("Describes itself at its own address"),
}

PROFILES: dict[str, Any] = {
    "standard": _("Standard"),
    "fapi": _("FAPI 2.0: pushed requests, and tokens bound to a key"),
}

DECISIONS: dict[str, Any] = {
    "approved": _("Approved"),
    "changes_asked": _("Changes asked for"),
    "refused": _("Refused"),
}

_REVIEWS: dict[Review, Any] = {
    Review.NONE: _("Not reviewed."),
    Review.LISTING: _("Reviewed when the app is published."),
    Review.HUMAN: _("A person reviews your reason."),
    Review.SECURITY: _("Two people review it, and only an owner can allow it."),
}


def review_words(scope: str) -> str:
    """What review a scope needs."""
    rule = SCOPES[scope].rule
    return str(_REVIEWS[rule.review if rule else Review.NONE])


def tier_key(scopes: Iterable[str]) -> str:
    """The key of the highest tier among `scopes` in the texts of the catalogue, `T0` where none has one."""
    return (highest_tier(scopes) or Tier.T0).value
