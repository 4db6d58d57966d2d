"""Customer accounts themselves."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from connect.accounts import signals
from connect.accounts.errors import AccountsError
from connect.accounts.models import Account
from connect.core import clock, ids
from connect.core.actor import Actor

KINDS = ("customer", "sandbox")


def add_account(
    session: Session,
    name: str,
    actor: Actor,
    *,
    kind: str = "customer",
    timezone: str = "Asia/Kolkata",
    region: str = "IN",
) -> Account:
    """A new account. Raises AccountsError for an empty name, an unknown kind or time zone."""
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise AccountsError("name", _("Enter a name of at most 200 characters."))
    if kind not in KINDS:
        raise AccountsError("kind", _("Choose one of: %(kinds)s.", kinds=", ".join(KINDS)))
    if not _is_time_zone(timezone):
        raise AccountsError("timezone", _("Enter an IANA time zone, such as Asia/Kolkata."))
    account = Account(
        id=ids.new(),
        name=name,
        timezone=timezone,
        region=region,
        state="active",
        kind=kind,
        change_counter=0,
        created_at=clock.now(),
    )
    session.add(account)
    session.flush()
    signals.account_added.send(account, session=session, actor=actor)
    return account


def _is_time_zone(name: str) -> bool:
    """Whether the time zone database has it; the list of all names would be hundreds of files to open."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
