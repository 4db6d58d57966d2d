"""How an app came into the registry."""

from __future__ import annotations

from enum import StrEnum


class Origin(StrEnum):
    """Who answers for what the registry says of an app."""

    TEAM = "team"  # a developer team, whose people have accounts here
    REGISTRATION = "registration"  # the app sent it itself (RFC 7591)
    DOCUMENT = "document"  # it stands at the address that is its client id (CIMD)
