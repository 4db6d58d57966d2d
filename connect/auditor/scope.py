"""What an auditor may see: everything (the vendor's), or the ledgers of named accounts (the customer's own, an examiner's)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask_babel import format_date
from flask_babel import gettext as _

from connect.accounts import queries as accounts
from connect.accounts.person import CurrentPerson
from connect.accounts.roles import Right


@dataclass(frozen=True)
class Scope:
    """`accounts`: id -> name of those that may be looked at; `everything`: entries without an account too."""

    accounts: dict[UUID, str]
    everything: bool
    words: str

    def allows(self, account_id: UUID | None) -> bool:
        """Whether an entry of this account may be shown."""
        return self.everything or account_id in self.accounts

    def only(self, asked: UUID | None) -> UUID | None:
        """The account a search must keep to; None for all. An auditor of several accounts looks at one at a time."""
        if asked is not None or self.everything:
            return asked
        return next(iter(self.accounts))


def of(who: CurrentPerson) -> Scope:
    """The scope of a person who has one of the two rights to read a ledger."""
    if who.may(Right.READ_ALL_LEDGERS):
        return Scope({line.id: line.name for line in accounts.accounts()}, True, _("You may see the whole ledger."))
    mine = who.accounts(Right.READ_LEDGER)
    ends = [seat.until for seat in who.seats if seat.until and Right.READ_LEDGER in seat.rights]
    words = _("You may see the ledger of %(accounts)s.", accounts=", ".join(mine.values()))
    if ends:
        words += " " + _("Your access ends on %(day)s.", day=format_date(min(ends).date(), "long"))
    return Scope(mine, False, words)
