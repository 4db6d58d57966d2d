"""The terms on a page of consent, as questions with a few answers each, and what is not open to choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from connect.disclosure import proposal
from connect.disclosure.asking import Asking
from connect.disclosure.proposal import Choice, Offer
from connect.disclosure.terms_in_words import day, in_words
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
    daily_words: str


def term_lines(asking: Asking, choice: Choice) -> TermLines:
    """The terms asked for, with the lengths of time that lie within them."""
    said, terms = words(asking.language).terms, asking.terms
    answers = in_words(terms, asking.language, asking.timezone)
    return TermLines(
        expiry_choices=tuple(
            _choice(said["expires_at"].choices, offer, _end(asking, replace(choice, expires=offer.value)))
            for offer in proposal.expiry_offers(terms, choice, asking.asked_at)
        ),
        history_choices=tuple(
            _choice(said["history_from"].choices, offer, _beginning(asking, replace(choice, history=offer.value)))
            for offer in proposal.history_offers(terms, choice, asking.asked_at, asking.timezone)
        ),
        numbers_words=answers["numbers"],
        departments_words=answers["departments"],
        new_calls_words=answers["include_new_calls"],
        retention_words=answers["retention_days"],
        daily_words=answers["daily_records"],
    )


def _choice(said: Mapping[str, str], offer: Offer, on: str) -> TermChoice:
    """A usual length of time, with the day it comes to; any other is said by that day."""
    if offer.value in said:
        return TermChoice(offer.value, said[offer.value], offer.chosen, on)
    return TermChoice(offer.value, said["other"].format(date=on), offer.chosen)


def _end(asking: Asking, choice: Choice) -> str:
    """The day on which a grant with this choice ends, in the account's zone."""
    return day(asking.narrowed(choice).expires_at.astimezone(ZoneInfo(asking.timezone)).date(), asking.language)


def _beginning(asking: Asking, choice: Choice) -> str:
    """The first day that such a grant shows."""
    return day(asking.narrowed(choice).history_from, asking.language)
