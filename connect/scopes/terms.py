"""Terms: which lines, which period, until when, how much. They are RFC 9396 details of type `voicetree_call_data`.

An app proposes, the customer may narrow each member and never widen one. Terms hold in SQL: rows outside them do not exist for the app.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Literal
from uuid import UUID

from marshmallow import ValidationError

from connect.core import clock, ids
from connect.scopes.canonical import canonical
from connect.scopes.errors import TermsError
from connect.scopes.terms_schema import TYPE, TermsSchema

ALL: Literal["all"] = "all"
Selection = Literal["all"] | tuple[str, ...]  # everything, or encoded ids, sorted


@dataclass(frozen=True)
class Terms:
    """What a grant covers. None means no limit.

    `history_from`: first day, in the account's time zone. `include_new_calls`: also calls after the grant was given. `retention_days`:
    how long the app may keep what it read. `daily_records`: most records the app may read in a day.
    """

    numbers: Selection
    departments: Selection
    history_from: date
    include_new_calls: bool
    expires_at: datetime
    retention_days: int | None
    daily_records: int | None

    @cached_property
    def number_ids(self) -> tuple[UUID, ...] | None:
        """The chosen lines; None for all."""
        return None if self.numbers == ALL else tuple(ids.decode("num", each) for each in self.numbers)

    @cached_property
    def department_ids(self) -> tuple[UUID, ...] | None:
        """The chosen departments; None for all."""
        return None if self.departments == ALL else tuple(ids.decode("dep", each) for each in self.departments)

    def within(self, other: Terms) -> bool:
        """Whether nothing here is wider than in `other`."""
        return not _wider(self, other)

    def to_json(self) -> dict[str, Any]:
        """The members as JSON, the form that grants, receipts and ledger entries keep; times have six digits of seconds."""
        return {
            **asdict(self),
            "numbers": _listed(self.numbers),
            "departments": _listed(self.departments),
            "history_from": self.history_from.isoformat(),
            "expires_at": clock.text(self.expires_at),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Terms:
        """The terms that `to_json` gave. For stored terms only; what comes from outside goes through `from_detail`."""
        return cls(
            numbers=_selection(stored["numbers"]),
            departments=_selection(stored["departments"]),
            history_from=date.fromisoformat(stored["history_from"]),
            include_new_calls=stored["include_new_calls"],
            expires_at=clock.parse(stored["expires_at"]),
            retention_days=stored["retention_days"],
            daily_records=stored["daily_records"],
        )

    def to_detail(self) -> dict[str, Any]:
        """The terms as an object of `authorization_details`."""
        return {"type": TYPE, **self.to_json()}

    def canonical(self) -> bytes:
        """The one byte form, for hashes."""
        return canonical(self.to_json())


MEMBERS: tuple[str, ...] = tuple(member.name for member in fields(Terms))

# What the consent page offers for each member, the first one first; `other` is a value that the app proposed.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "numbers": ("all", "chosen", "other"),
    "departments": ("all", "chosen", "other"),
    "history_from": ("90", "30", "365", "0", "other"),  # days before the grant
    "include_new_calls": ("yes", "no"),
    "expires_at": ("90", "30", "180", "365", "other"),  # days from the grant
    "retention_days": ("90", "30", "365", "none", "other"),
    "daily_records": ("none", "1000", "10000", "other"),
}


def default_terms(
    now: datetime,
    *,
    life: timedelta = timedelta(days=90),
    history: timedelta = timedelta(days=90),
    retention_days: int = 90,
) -> Terms:
    """The terms where an app proposes none: everything from `history` before `now` on, for `life`.

    `now` is in the account's time zone, so that the first day is a day of the account's calendar; `life` is of whole hours, whatever
    the clocks there do.
    """
    return Terms(
        numbers=ALL,
        departments=ALL,
        history_from=(now - history).date(),
        include_new_calls=True,
        expires_at=(now.astimezone(UTC) + life).replace(microsecond=0),
        retention_days=retention_days,
        daily_records=None,
    )


def from_detail(detail: Any, *, default: Terms | None = None) -> Terms:
    """The terms in an object of `authorization_details`; a member that is left out is `default`'s.

    Raises TermsError naming each member that is unknown, malformed, or missing without a default (invalid_authorization_details).
    """
    if not isinstance(detail, Mapping):
        raise TermsError({"authorization_details": "must be a list of objects"})
    try:
        given = TermsSchema().load(detail)
    except ValidationError as error:
        raise TermsError({str(name): _message(said) for name, said in error.messages_dict.items()}) from error
    del given["type"]
    if default is not None:
        return replace(default, **given)
    missing = [name for name in MEMBERS if name not in given]
    if missing:
        raise TermsError(dict.fromkeys(missing, "is missing"))
    return Terms(**given)


def narrow(proposed: Terms, chosen: Terms) -> Terms:
    """`chosen`, when it is nowhere wider than `proposed`; otherwise TermsError naming each member that is."""
    wider = _wider(chosen, proposed)
    if wider:
        raise TermsError(dict.fromkeys(wider, "may be narrowed here, not widened"))
    return chosen


def narrower(one: Terms, other: Terms) -> Terms:
    """The widest terms that are within both."""
    return Terms(**{name: least(getattr(one, name), getattr(other, name)) for name, least in _NARROWER.items()})


def empty(terms: Terms, now: datetime) -> bool:
    """Whether no row can be within the terms, now or later: such a grant is not given (access_denied)."""
    return (
        terms.numbers == ()
        or terms.departments == ()
        or terms.expires_at <= now
        or (not terms.include_new_calls and terms.history_from > now.date())
    )


def _wider(terms: Terms, than: Terms) -> list[str]:
    return [name for name in MEMBERS if not _WITHIN[name](getattr(terms, name), getattr(than, name))]


def _is_part(chosen: Selection, offered: Selection) -> bool:
    return offered == ALL or (chosen != ALL and set(chosen) <= set(offered))


def _at_most(chosen: int | None, offered: int | None) -> bool:
    return offered is None or (chosen is not None and chosen <= offered)


_WITHIN: Mapping[str, Callable[[Any, Any], bool]] = {
    "numbers": _is_part,
    "departments": _is_part,
    "history_from": lambda chosen, offered: chosen >= offered,
    "include_new_calls": lambda chosen, offered: chosen <= offered,
    "expires_at": lambda chosen, offered: chosen <= offered,
    "retention_days": _at_most,
    "daily_records": _at_most,
}


def _common(one: Selection, other: Selection) -> Selection:
    if ALL in (one, other):
        return other if one == ALL else one
    return tuple(sorted(set(one) & set(other)))


def _lesser(one: int | None, other: int | None) -> int | None:
    return min((value for value in (one, other) if value is not None), default=None)


_NARROWER: Mapping[str, Callable[[Any, Any], Any]] = {
    "numbers": _common,
    "departments": _common,
    "history_from": max,
    "include_new_calls": min,
    "expires_at": min,
    "retention_days": _lesser,
    "daily_records": _lesser,
}


def _listed(selection: Selection) -> str | list[str]:
    return selection if selection == ALL else list(selection)


def _selection(stored: str | list[str]) -> Selection:
    return ALL if stored == ALL else tuple(stored)


def _message(said: Any) -> str:
    if isinstance(said, Mapping):
        return "; ".join(_message(each) for each in said.values())
    return "; ".join(map(str, said)) if isinstance(said, list) else str(said)
