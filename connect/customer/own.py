"""What a customer's page is about: the business of the person who looks, and those of its connections that an address names."""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext as _

from connect.accounts.guards import person
from connect.core import ids
from connect.core.problems import Problem
from connect.grants import queries
from connect.grants.queries import GrantView


def account_id() -> UUID:
    """The business the person works in, in a view behind a right that is held in one."""
    chosen = person().account_id
    assert chosen is not None  # `requires` sent whoever has not chosen one to choose
    return chosen


def grant(text: str) -> GrantView:
    """The grant in the address, if it is this account's."""
    try:
        found = queries.one(account_id(), ids.decode("grant", text))
    except ValueError:
        found = None
    if found is None:
        raise Problem("not-found", _("Your business has no such connection."))
    return found
