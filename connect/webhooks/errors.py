"""Why something about an endpoint is refused; each message says what would be right."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _


class WebhookError(Exception):
    """Base of the refusals below."""


class NoSuchEndpoint(WebhookError):
    """No endpoint of that id, or it was removed."""

    def __init__(self) -> None:
        super().__init__(_("There is no such endpoint."))


class UrlRefused(WebhookError):
    """The URL may not be called; `reason` is a key of core.egress.errors.REFUSED."""

    def __init__(self, reason: str, meaning: str) -> None:
        super().__init__(_("This URL cannot be used: %(meaning)s.", meaning=meaning))
        self.reason = reason


class UnknownTypes(WebhookError):
    """Event types that do not exist."""

    def __init__(self, unknown: Iterable[str], known: Iterable[str]) -> None:
        listed = {"unknown": ", ".join(sorted(unknown)), "known": ", ".join(sorted(known))}
        super().__init__(_("There is no event type %(unknown)s. There are: %(known)s.", **listed))


class TooManyEndpoints(WebhookError):
    """The app has as many endpoints as the settings allow."""

    def __init__(self, most: int) -> None:
        super().__init__(_("An app may have %(most)s endpoints. Remove one first.", most=most))
