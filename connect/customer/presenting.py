"""Grants in words: what templates of this room show, made from frozen values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _

from apps_registry.queries import AppPage
from apps_registry.versions import PUBLISHED
from connect.accounts.roles import Right, beyond, either, givers
from connect.core import ids
from connect.core.i18n import language
from connect.disclosure import members
from connect.disclosure.app_facts import AppFacts
from connect.disclosure.terms_in_words import in_words
from connect.disclosure.usage import Usage
from connect.grants.models import BY_APP
from connect.grants.queries import GrantView, VersionView
from connect.oauth import gone_apps
from connect.scopes.scopes import in_order
from connect.scopes.terms import Terms
from connect.scopes.text import words

_DAY = "d MMM y"
_CHART_DAYS = 30
_STATES = {
    "active": (_("Connected"), "good"),
    "paused": (_("Paused"), "warning"),
    "revoked": (_("Disconnected"), "quiet"),
    "expired": (_("Expired"), "quiet"),
    "lapsed": (_("Lapsed, unused"), "quiet"),
}
_EVENTS = {
    "given": _("Connected"),
    "changed": _("Allowed again, with changes"),
    "narrowed": _("Narrowed"),
    "asked": _("Asked to confirm it, as whoever stands behind it may not give it any more"),
    "confirmed": _("Confirmed"),
    "paused": _("Paused"),
    "resumed": _("Resumed"),
    "revoked": _("Disconnected"),
    "expired": _("Ended by itself"),
}

_ACTORS = {"operator": _("VoiceTree staff"), "app": _("the app itself")}
_WHY = {
    gone_apps.DELETED: _("The app ended its own registration here."),
    BY_APP: _("The app ended the connection itself."),
}


def status(grant: GrantView) -> dict[str, str]:
    """The state in words and how it is marked."""
    word, kind = _STATES[grant.standing]
    return {"word": str(word), "kind": kind}


def end_words(grant: GrantView) -> str:
    """Why and when a grant ended; empty while it lives."""
    if grant.live:
        return ""
    at = grant.ended_at or grant.expires_at
    ended = gettext("Ended on %(day)s.", day=format_date(at.date(), _DAY))
    return f"{ended} {_WHY[grant.end_reason]}" if grant.end_reason in _WHY else ended


def confirmation(grant: GrantView, rights: frozenset[Right], names: dict[Any, str]) -> dict[str, Any] | None:
    """What the account is asked about a grant, and whether a person with `rights` may answer; None where nothing is asked."""
    if grant.confirm_by is None or not grant.live:
        return None
    return {
        "grant_id": grant_id(grant),
        "app": grant.app_name,
        "backer": names.get(grant.backer, ""),
        "by": grant.confirm_by,
        "paused": grant.standing == "paused",
        "may": not beyond(rights, grant.scopes),
        "roles": either(givers(grant.scopes)),
    }


def app_facts(app: AppPage) -> AppFacts:
    """Who the app is. Reviewed is what a version of it was."""
    return AppFacts.of(app, reviewed=any(version.state == PUBLISHED for version in app.versions))


def granted_rows(scopes: Iterable[str], purposes: dict[str, str], usage: Usage) -> list[dict[str, Any]]:
    """What the app may see, and when it last made use of it."""
    said = words(language()).scopes
    return [
        {
            "scope": scope.name,
            "title": said[scope.name].title,
            "sentence": said[scope.name].sentence,
            "purpose": purposes.get(scope.name, ""),
            "used": scope.name in usage.scopes,
            "last_used": usage.scopes.get(scope.name),
        }
        for scope in in_order(scopes)
    ]


def titles(scopes: Iterable[str]) -> list[dict[str, str]]:
    """Scopes by their titles."""
    said = words(language()).scopes
    return [{"scope": scope.name, "title": said[scope.name].title} for scope in in_order(scopes)]


def term_lines(stored: dict[str, Any], zone: str) -> list[tuple[str, str]]:
    """Terms as pairs of question and answer; days are those of `zone`."""
    said = words(language()).terms
    answers = in_words(Terms.from_json(stored), language(), zone)
    return [(said[name].title, answer) for name, answer in answers.items()]


def field_rows(usage: Usage) -> list[dict[str, Any]]:
    """Field by field: what left, in whose words, how often, when last."""
    said = words(language())
    return [
        {
            "resource": said.resources[use.resource],
            "title": members.title(said, use.resource, use.name),
            "field": use.name,
            "masked": use.mask is not None,
            "personal": members.personal(use.resource, use.name),
            "records": use.records,
            "last_read": use.last_read,
        }
        for use in usage.fields
    ]


def chart_days(usage: Usage, zone: str) -> list[tuple[date, int]]:
    """Records of each of the last days up to the newest read, quiet days too: a bar stands at its own day."""
    if usage.last is None:
        return []
    newest, records = usage.last.astimezone(ZoneInfo(zone)).date(), {day.day: day.records for day in usage.days}
    days = [newest - timedelta(days=before) for before in reversed(range(_CHART_DAYS))]
    return [(day, records.get(day, 0)) for day in days]


def events(versions: Iterable[VersionView], names: dict[Any, str]) -> list[dict[str, Any]]:
    """The life of a grant, newest first."""
    return [
        {
            "at": version.at,
            "words": str(_EVENTS[version.event]),
            "by": actor_name(version, names),
        }
        for version in reversed(list(versions))
    ]


def event_words(version: VersionView) -> str:
    """One act in words."""
    return str(_EVENTS[version.event])


def actor_name(version: VersionView, names: dict[Any, str]) -> str:
    """Who acted, in words."""
    if version.actor_kind == "person":
        return names.get(version.actor_id, gettext("a person who has left"))
    return str(_ACTORS.get(version.actor_kind, _("by itself")))


def grant_id(grant: GrantView) -> str:
    """The grant's id as addresses show it."""
    return ids.encode("grant", grant.id)
