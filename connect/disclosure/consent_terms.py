"""The terms on a page of consent, as questions with a few answers each, and what is not open to choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from connect.disclosure import proposal
from connect.disclosure.asking import Asking
from connect.disclosure.proposal import Choice, Offer
from connect.scopes.text import words


@dataclass(frozen=True)
class TermChoice:
    """One answer: the value of the form, in words, and the day that it comes to."""

    value: str
    words: str
    chosen: bool
    note: str = ""


@dataclass(frozen=True)
class TermLines:
    """`expiry_choices` and `history_choices` are the person's to make; the rest is said."""

    expiry_choices: tuple[TermChoice, ...]
    history_choices: tuple[TermChoice, ...]
    numbers_words: str
    departments_words: str
    new_calls_words: str
    retention_words: str


def term_lines(asking: Asking, choice: Choice) -> TermLines:
    """The terms asked for, with the lengths of time that lie within them."""
    said, terms = words(asking.language).terms, asking.terms
    ends = proposal.expiry_offers(terms, choice, asking.asked_at)
    begins = proposal.history_offers(terms, choice, asking.asked_at, asking.timezone)
    return TermLines(
        expiry_choices=_choices(asking, said["expires_at"].choices, ends, 1),
        history_choices=_choices(asking, said["history_from"].choices, begins, -1),
        numbers_words=said["numbers"].choices["all"],
        departments_words=said["departments"].choices["all"],
        new_calls_words=said["include_new_calls"].choices["yes" if terms.include_new_calls else "no"],
        retention_words=_days(said["retention_days"].choices, str(terms.retention_days or "none")),
    )


def _choices(
    asking: Asking, said: Mapping[str, str], offers: Iterable[Offer], direction: int
) -> tuple[TermChoice, ...]:
    return tuple(
        TermChoice(offer.value, _days(said, offer.value), offer.chosen, _day(asking, direction * int(offer.value)))
        for offer in offers
    )


def _day(asking: Asking, days: int) -> str:
    """The day so many days after the request, in the account's zone: 23 Feb 2027."""
    day = asking.asked_at.astimezone(ZoneInfo(asking.timezone)).date() + timedelta(days=days)
    return format_date(day, "d MMM y", locale=asking.language)


def _days(said: Mapping[str, str], value: str) -> str:
    return said[value] if value in said else said["other"].format(days=value, count=value, date=f"{value} days")
