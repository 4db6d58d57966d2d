"""Entries in words: a row of the list, and the page of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from connect.core import ids
from connect.core.i18n import language
from connect.disclosure import members
from connect.ledger.rows import Entry
from connect.scopes.text import words

Names = Mapping[UUID, str]

KINDS = {  # every type of entry that the ledger has (ledger/entries.py, acts.py, upkeep.py)
    "disclosure": lazy_gettext("Data left"),
    "grant": lazy_gettext("Grant"),
    "token": lazy_gettext("Token"),
    "app": lazy_gettext("App"),
    "secret": lazy_gettext("Secret"),
    "access_key": lazy_gettext("Access key"),
    "outcome": lazy_gettext("Outcome"),
    "staff_disclosure": lazy_gettext("Disclosure by staff"),
    "viewed": lazy_gettext("Ledger viewed"),
    "exported": lazy_gettext("Ledger exported"),
    "profile": lazy_gettext("Profile"),
    "config": lazy_gettext("Setting"),
    "policy": lazy_gettext("Policy"),
    "breaker": lazy_gettext("Breaker"),
    "erasure": lazy_gettext("Erasure"),
    "retention": lazy_gettext("Retention"),
    "hold": lazy_gettext("Hold"),
    "key": lazy_gettext("Key"),
    "tally": lazy_gettext("Daily tally"),
}


def row(entry: Entry, leaf: int | None, accounts: Names, apps: Names, people: Names) -> dict[str, Any]:
    """What the list shows of an entry."""
    said = entry.members
    masks = said.get("masks") or {}
    return {
        "id": entry.name,
        "index": leaf,
        "at": entry.at,
        "type": entry.type,
        "event": event(entry),
        "actor": actor(entry, apps, people),
        "app": _name(apps, entry.app_id),
        "account": _name(accounts, entry.account_id),
        "channel": entry.channel,
        "operation": said.get("operation"),
        "records": entry.count,
        "fields": len(said["fields"]) if "fields" in said else None,
        "masked": bool(masks) if isinstance(masks, dict) else False,
        "status_words": str(entry.status) if entry.status is not None else "",
        "status_kind": "good" if entry.status is None or entry.status < 400 else "warning",
        "href": url_for("auditor.entry", entry_id=entry.name),
    }


def event(entry: Entry) -> str:
    """What happened, in two words."""
    kind = str(KINDS.get(entry.type, entry.type))
    happened = entry.members.get("event")
    return f"{kind}: {str(happened).replace('_', ' ')}" if happened else kind


def actor(entry: Entry, apps: Names, people: Names) -> str:
    """Who did it: a person by name, an app, an operator, the platform."""
    if entry.person_id is not None:
        return people.get(entry.person_id, _("a person"))
    named = str(entry.members.get("actor") or "")
    if named.startswith("operator"):
        return _("operator %(name)s", name=named.partition(":")[2])
    by_app = entry.type in {"disclosure", "token"} or named.startswith("app:")
    return _name(apps, entry.app_id, "") if by_app else named or _("the platform")


def sentence(entry: Entry, accounts: Names, apps: Names, people: Names) -> str:
    """One plain sentence about an entry."""
    said, account = entry.members, _name(accounts, entry.account_id, _("no business"))
    who, app = actor(entry, apps, people), _name(apps, entry.app_id, "")
    if entry.type == "disclosure":
        recipient = app if said["recipient"]["kind"] == "app" else who
        return _(
            "%(recipient)s received %(count)s records of %(resource)s of %(account)s, %(fields)s fields each.",
            recipient=recipient, count=entry.count, resource=words(language()).resources.get(str(entry.resource), entry.resource),
            account=account, fields=len(said["fields"]),
        )  # fmt: skip
    if entry.type == "grant":
        return _(
            "Grant of %(account)s to %(app)s: %(event)s, by %(who)s.",
            account=account,
            app=app,
            event=said["event"],
            who=who,
        )
    if entry.type == "token":
        return _("Token of %(app)s: %(event)s.", app=app, event=said["event"])
    return _("%(event)s, by %(who)s.", event=event(entry), who=who)


def facts(entry: Entry, accounts: Names, apps: Names, people: Names) -> list[tuple[str, str]]:
    """The members that every reader looks for, as pairs."""
    said = entry.members
    pairs = [
        (_("Business"), _name(accounts, entry.account_id, "–")),
        (_("App"), _name(apps, entry.app_id, "–")),
        (_("By"), actor(entry, apps, people)),
        (_("Channel"), entry.channel or "–"),
        (_("Operation"), said.get("operation") or "–"),
        (_("Request id"), entry.request_id or "–"),
        (_("Grant"), _grant(said)),
        (_("Scopes"), ", ".join(said.get("scopes") or said.get("granted") or []) or "–"),
        (_("Refused"), ", ".join(said.get("refused") or [])),
        (_("Records"), str(entry.count) if entry.count is not None else "–"),
        (_("SHA-256 of what left"), said.get("sha256") or ""),
        (_("Bytes"), str(said.get("bytes") or "")),
    ]
    return [(term, value) for term, value in pairs if value and value != "–"]


def field_rows(entry: Entry) -> list[dict[str, str]]:
    """The fields that left, in words."""
    said, masks = words(language()), entry.members.get("masks") or {}
    return [
        {"field": name, "title": members.title(said, str(entry.resource), name), "masked": masks.get(name, "")}
        for name in entry.members.get("fields", [])
    ]


def line_rows(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The records that left."""
    return [{"record": line["id"], "fields": line.get("set")} for line in lines]


def previous(entry: Entry) -> str:
    """The cursor after an entry."""
    return ids.encode("entry", entry.id)


def _grant(said: Mapping[str, Any]) -> str:
    version = said.get("grant_version") or said.get("version")
    return (
        _("%(grant)s, version %(version)s", grant=said["grant"], version=version)
        if said.get("grant") and version
        else ""
    )


def _name(names: Names, key: UUID | None, otherwise: str = "") -> str:
    return names.get(key, otherwise) if key is not None else otherwise
