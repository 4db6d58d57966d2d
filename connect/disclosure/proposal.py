"""Terms as the consent page proposes and offers them: what the app asks at most, and which of it the customer chose."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from connect.calls import lines
from connect.core import ids, settings
from connect.disclosure.errors import NoSuchLines
from connect.grants.services import longest_life
from connect.scopes.errors import TermsError
from connect.scopes.terms import ALL, CHOICES, Selection, Terms, default_terms, from_detail, narrow, narrower

_OTHER = "other"


@dataclass(frozen=True)
class Choice:
    """What is ticked and chosen on the page: optional scopes, days until the end, days of history."""

    ticked: frozenset[str]
    expires: str
    history: str


@dataclass(frozen=True)
class Offer:
    """One of a few durations: the value of the form, and whether it is the one chosen."""

    value: str
    chosen: bool


def proposed(defaults: Mapping[str, Any], scopes: frozenset[str], asked_at: datetime, zone: str) -> Terms:
    """The widest terms this request may be granted. Counted from `asked_at`, so that they stay the same while the page is open."""
    widest = default_terms(
        asked_at.astimezone(ZoneInfo(zone)),
        life=min(longest_life(scopes), timedelta(days=_most("expires_at", defaults.get("life_days")))),
        history=timedelta(days=_most("history_from", defaults.get("history_days"))),
        retention_days=defaults["retention_days"],
    )
    return replace(
        widest,
        include_new_calls=defaults.get("include_new_calls", True),
        daily_records=defaults.get("daily_records"),
    )


def asked(widest: Terms, detail: Mapping[str, Any], account_id: UUID) -> Terms:
    """What an app asks with an object of authorization_details, as far as `widest` goes and the account has such lines.

    A detail that was checked when the request came (oauth/details.py). Raises NoSuchLines when nothing of the account is left.
    """
    terms = narrower(widest, from_detail(detail, default=widest))
    own = replace(
        terms,
        numbers=_own(account_id, terms.number_ids, "num", lines.numbers),
        departments=_own(account_id, terms.department_ids, "dep", lines.departments),
    )
    if () in (own.numbers, own.departments):
        raise NoSuchLines
    return own


def _own(
    account_id: UUID,
    named: Collection[UUID] | None,
    prefix: str,
    own: Callable[[UUID, Collection[UUID]], frozenset[UUID]],
) -> Selection:
    return ALL if named is None else tuple(sorted(ids.encode(prefix, each) for each in own(account_id, named)))


def first_choice(ticked: frozenset[str], terms: Terms, asked_at: datetime, zone: str) -> Choice:
    """What the page shows at first: 90 days each way, or less where the app asks for less."""
    config = settings.current()
    return Choice(
        ticked,
        expires=str(min(config.grant_default_life.days, _life(terms, asked_at))),
        history=str(min(config.history_default.days, _history(terms, asked_at, zone))),
    )


def chosen(terms: Terms, choice: Choice, asked_at: datetime, zone: str) -> Terms:
    """`terms` narrowed to `choice`. Raises TermsError, naming the term, for a value that was made up: wider, or no number of days."""
    life, history = _days("expires_at", choice.expires), _days("history_from", choice.history)
    ends = (asked_at + timedelta(days=life)).replace(microsecond=0)
    begins = _today(asked_at, zone) - timedelta(days=history)
    return narrow(
        terms,
        replace(  # the most that is offered is the term itself, whose last day may be a part of one
            terms,
            expires_at=terms.expires_at if life == _life(terms, asked_at) else ends,
            history_from=terms.history_from if history == _history(terms, asked_at, zone) else begins,
        ),
    )


def expiry_offers(terms: Terms, choice: Choice, asked_at: datetime) -> tuple[Offer, ...]:
    """Durations of the grant that lie within `terms`."""
    return _offers("expires_at", _life(terms, asked_at), choice.expires)


def history_offers(terms: Terms, choice: Choice, asked_at: datetime, zone: str) -> tuple[Offer, ...]:
    """Lengths of history that lie within `terms`."""
    return _offers("history_from", _history(terms, asked_at, zone), choice.history)


def _offers(member: str, most: int, value: str) -> tuple[Offer, ...]:
    """The usual lengths up to `most`, and the chosen one where it is none of them."""
    usual = [days for days in CHOICES[member] if days != _OTHER and int(days) <= most]
    return tuple(Offer(days, days == value) for days in dict.fromkeys([*usual, value]))


def _most(member: str, asked: int | None) -> int:
    return asked if asked is not None else max(int(days) for days in CHOICES[member] if days != _OTHER)


def _life(terms: Terms, asked_at: datetime) -> int:
    """Days, of which the last may be a part of one."""
    return ceil((terms.expires_at - asked_at.replace(microsecond=0)) / timedelta(days=1))


def _history(terms: Terms, asked_at: datetime, zone: str) -> int:
    return max(0, (_today(asked_at, zone) - terms.history_from).days)


def _today(asked_at: datetime, zone: str) -> date:
    return asked_at.astimezone(ZoneInfo(zone)).date()


def _days(member: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise TermsError({member: "must be a number of days, such as 90"})
    return int(text)
