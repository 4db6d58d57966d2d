"""The question an auditor asks, as it stands in the address: parsed, checked, and turned into a search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from apps_registry.errors import NoSuchApp
from apps_registry.queries import app_id_of
from connect.auditor.presenting import KINDS
from connect.auditor.scope import Scope
from connect.core import clock, ids
from connect.ledger.queries import Filters

T = TypeVar("T")

ZONE = ZoneInfo("Asia/Kolkata")  # days on the console are Indian days
WINDOWS = (30, 90, 365, 3650)  # days; the console opens with the first and widens by one step
TEXTS = ("account", "app", "type", "channel", "request_id", "record", "since", "until")
CHANNELS = ("api", "webhook", "portal", "export")


@dataclass(frozen=True)
class Question:
    """`asked` are the texts as typed; `problems` name each field that was not understood."""

    asked: Mapping[str, str]
    filters: Filters
    days: int
    before: UUID | None
    problems: list[dict[str, str]] = field(default_factory=list)

    @property
    def has_dates(self) -> bool:
        return bool(self.asked["since"] or self.asked["until"])

    def wider(self) -> int | None:
        """The next larger window in days; None where dates were given or it is the largest."""
        return None if self.has_dates else next((days for days in WINDOWS if days > self.days), None)


def parse(given: Mapping[str, str], scope: Scope) -> Question:
    """The question of an address. Nothing in it can widen `scope`."""
    asked = {name: given.get(name, "").strip() for name in TEXTS}
    problems: list[dict[str, str]] = []
    days = int(given["days"]) if given.get("days", "") in {str(each) for each in WINDOWS} else WINDOWS[0]
    account = _account(asked["account"], scope, problems)
    since, until = _day(asked, "since", problems), _day(asked, "until", problems)
    if since is None and until is None:
        since = clock.now() - timedelta(days=days)
    filters = Filters(
        account_id=scope.only(account),
        app_id=_app(asked["app"], problems),
        type=_one_of("type", asked, {kind: kind for kind in KINDS}, _("Choose one of the kinds of entry."), problems),
        channel=_one_of(
            "channel", asked, dict(zip(CHANNELS, CHANNELS, strict=True)), _("Choose one of the channels."), problems
        ),
        request_id=asked["request_id"] or None,
        record=asked["record"] or None,
        since=since,
        until=until + timedelta(days=1) if until else None,
    )
    return Question(asked, filters, days, _before(given.get("before", ""), problems), problems)


def _app(client_id: str, problems: list[dict[str, str]]) -> UUID | None:
    try:
        return app_id_of(client_id) if client_id else None
    except NoSuchApp:
        problems.append({"text": _("Choose one of the apps."), "href": "#app"})
        return None


def _one_of(
    name: str, asked: Mapping[str, str], known: Mapping[str, T], words: str, problems: list[dict[str, str]]
) -> T | None:
    """What the text stands for; None when nothing was asked, a problem when it stands for nothing."""
    if asked[name] and asked[name] not in known:
        problems.append({"text": words, "href": f"#{name}"})
    return known.get(asked[name])


def _account(text: str, scope: Scope, problems: list[dict[str, str]]) -> UUID | None:
    if not text:
        return None
    try:
        account_id = ids.decode("acc", text)
    except ValueError:
        account_id = None
    if account_id is None or account_id not in scope.accounts:
        problems.append({"text": _("Choose one of the businesses you may see."), "href": "#account"})
        return None
    return account_id


def _day(asked: Mapping[str, str], name: str, problems: list[dict[str, str]]) -> datetime | None:
    if not asked[name]:
        return None
    try:
        day = date.fromisoformat(asked[name])
    except ValueError:
        problems.append({"text": _("Enter a day that exists, such as 2026-11-25."), "href": f"#{name}"})
        return None
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def _before(text: str, problems: list[dict[str, str]]) -> UUID | None:
    if not text:
        return None
    try:
        return ids.decode("entry", text)
    except ValueError:
        problems.append(
            {
                "text": _("The page you came from is not complete in the address. Search again."),
                "href": "#results-title",
            }
        )
        return None
