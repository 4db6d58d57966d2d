"""Why nothing left through the door."""

from __future__ import annotations


class NotDurable(RuntimeError):
    """The body was asked for before its ledger entry was durable. A fault of ours, never of the caller."""


class GrantMoved(Exception):
    """The grant or the app no longer stands as the projection was made for; answer as it stands now."""


class UnknownFields(ValueError):
    """`fields` names what the resource does not have."""


class CursorError(ValueError):
    """The cursor is not one of ours, or was made for another grant or other filters."""
