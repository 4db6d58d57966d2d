"""Why an act on people or accounts is refused: each names the field and says what would be right."""

from __future__ import annotations

from flask_babel import gettext as _


class AccountsError(Exception):
    """Base of the refusals below: `field` and a sentence for whoever filled it in."""

    def __init__(self, field: str, message: str) -> None:
        self.field, self.message = field, message
        super().__init__(f"{field}: {message}")


class InvalidPerson(AccountsError):
    """An e-mail address, name or password that cannot stand."""


class InvalidRole(AccountsError):
    """A role that does not exist, or not at that place."""


class NotFound(AccountsError):
    """No such person, account, team or membership."""


class LinkEnded(AccountsError):
    """A one-time link that was used, is too old, or never was one; all three look the same."""

    def __init__(self) -> None:
        super().__init__("link", _("This link has ended; ask for a new one."))
