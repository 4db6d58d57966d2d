"""Terms in words: the answer to each term's question, the same on every page that says it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from babel.dates import format_date

from connect.scopes.terms import ALL, Selection, Terms
from connect.scopes.text import words


def in_words(terms: Terms, language: str, zone: str) -> dict[str, str]:
    """By member of the terms; days are those of `zone`, the account's time zone."""
    said = {name: term.choices for name, term in words(language).terms.items()}
    ends = terms.expires_at.astimezone(ZoneInfo(zone)).date()
    return {
        "numbers": _selection(terms.numbers, said["numbers"]),
        "departments": _selection(terms.departments, said["departments"]),
        "history_from": said["history_from"]["other"].format(date=day(terms.history_from, language)),
        "include_new_calls": said["include_new_calls"]["yes" if terms.include_new_calls else "no"],
        "expires_at": said["expires_at"]["other"].format(date=day(ends, language)),
        "retention_days": _limit(terms.retention_days, said["retention_days"], "days"),
        "daily_records": _limit(terms.daily_records, said["daily_records"], "count"),
    }


def day(when: date, language: str) -> str:
    """23 Feb 2027."""
    return format_date(when, "d MMM y", locale=language)


def _selection(chosen: Selection, choices: Mapping[str, str]) -> str:
    return choices["all"] if chosen == ALL else choices["other"].format(count=len(chosen))


def _limit(value: int | None, choices: Mapping[str, str], name: str) -> str:
    key = "none" if value is None else str(value)
    return choices[key] if key in choices else choices["other"].format(**{name: value})
