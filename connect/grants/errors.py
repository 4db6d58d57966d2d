"""Why an act on a grant is refused; each message says what would be right."""

from __future__ import annotations


class GrantError(Exception):
    """Base of the refusals below."""


class NoSuchGrant(GrantError):
    """No grant of that id in that account."""


class GrantEnded(GrantError):
    """The grant has ended; only a new consent makes another."""


class GrantMoved(GrantError):
    """The grant is at another version than the one the act was decided on; look again and decide again."""


class NothingGranted(GrantError):
    """A grant needs at least one scope that shows or changes something."""


class PersonNeeded(GrantError):
    """Only a person of the account lets an app read again or stands behind a grant; no command or job does (P1)."""


class TermsTooWide(GrantError):
    """The terms go beyond what the settings or the scopes' tier allow."""


class RoleTooLow(GrantError):
    """The person's roles in the account do not reach. `scopes` are those they may not give (none for other acts), `roles` who may."""

    def __init__(self, roles: frozenset[str], scopes: frozenset[str] = frozenset()) -> None:
        self.roles, self.scopes = roles, scopes
        act = f"give {', '.join(sorted(scopes))}" if scopes else "do this"
        super().__init__(f"this person's role may not {act}; one of these may: {', '.join(sorted(roles))}")
