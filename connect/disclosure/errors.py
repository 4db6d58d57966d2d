"""Why nothing left through the door."""

from __future__ import annotations


class NotDurable(RuntimeError):
    """The body was asked for before its ledger entry was durable. A fault of ours, never of the caller."""


class GrantMoved(Exception):
    """The grant or the app no longer stands as the projection was made for; answer as it stands now."""


class NoSuchLines(Exception):
    """An app asks for phone lines or departments of which the account has none."""


class OlderConsent(Exception):
    """Nothing of `resource` stood in the catalogue that the customer consented under."""

    def __init__(self, resource: str) -> None:
        super().__init__(
            f"the customer's consent is older than {resource} records; it takes a new consent to read them"
        )


class CursorError(ValueError):
    """The cursor is not one of ours, or was made for another grant or other filters."""
