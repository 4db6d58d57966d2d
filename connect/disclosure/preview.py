"""The preview of consent: rows exactly as the app will get them with the boxes as they stand.

The account's own newest rows leave by the door like everything else (to the account's own person), so it cannot show what the app
would not get. An account without calls, and whoever belongs to none, sees rows that are made up, and is told so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from connect.calls import queries
from connect.disclosure import made_up, reads
from connect.disclosure.context import Context
from connect.disclosure.reads import Paging
from connect.disclosure.release import list_of, release
from connect.scopes import catalogue
from connect.scopes.resource import FieldRule
from connect.scopes.scopes import CUSTOMER_SCOPES
from connect.scopes.terms import Terms
from connect.scopes.text import Words

RESOURCES = ("call", "contact", "user", "number", "department", "account")  # the first whose scope is held is shown
_ROWS = 3  # all of them are shown, since all are entered
_ONLY_IN_JSON = frozenset(
    {"id", "ids", "object", "objects"}
)  # kinds of field that tell a person nothing, or too much for a cell


@dataclass(frozen=True)
class Column:
    """A field with its label and its mask in words. `kind` is that of scopes.fields, or `choice` of a closed set, or `seconds`."""

    key: str
    title: str
    kind: str
    note: str = ""


@dataclass(frozen=True)
class Preview:
    """Rows as text in the order of `columns`; `json` is what leaves, whole."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str
    newest_first: bool
    made_up: bool
    json: str


@dataclass(frozen=True)
class Looker:
    """The person of the account who looks, and at which app's page."""

    account_id: UUID
    timezone: str
    person_id: UUID
    app_id: UUID
    request_id: str


_NOTHING = Preview((), (), "", False, False, "")
_NOBODY = Looker(UUID(int=0), "UTC", UUID(int=0), UUID(int=0), "")


def preview(looker: Looker, scopes: frozenset[str], terms: Terms, said: Words) -> Preview:
    """What an app with `scopes` and `terms` would get now of the looker's account. It is entered, as every disclosure."""
    resource = _shown(scopes)
    if resource is None:
        return _NOTHING
    context = _context(looker, scopes & CUSTOMER_SCOPES, terms)
    rows = reads.directory(context, resource, Paging(_ROWS)).rows
    if not rows and resource == "call" and not queries.has_calls(looker.account_id):
        return _as_text(resource, made_up.calls(context), said, made=True)
    records = orjson.loads(release(context, rows, list_of()).body)["data"]
    return _as_text(resource, records, said, made=False)


def sample(scopes: frozenset[str], terms: Terms, said: Words) -> Preview:
    """The same in form, on rows that are made up: no account is read, nothing leaves, nothing is entered."""
    resource = _shown(scopes)
    if resource is None:
        return _NOTHING
    context = _context(_NOBODY, scopes & CUSTOMER_SCOPES, terms)
    return _as_text(resource, made_up.records(context, resource), said, made=True)


def _shown(scopes: frozenset[str]) -> str | None:
    return next((name for name in RESOURCES if catalogue.RESOURCES[name].scope in scopes), None)


def _context(looker: Looker, scopes: frozenset[str], terms: Terms) -> Context:
    return Context(
        channel="portal",
        operation="consent preview",
        account_id=looker.account_id,
        recipient_kind="person",
        recipient_id=looker.person_id,
        scopes=scopes,
        terms=terms,
        catalogue_version=catalogue.VERSION,
        timezone=looker.timezone,
        app_id=looker.app_id,
        person_id=looker.person_id,
        legal_basis="own data",
        request_id=looker.request_id,
    )


def _as_text(resource: str, records: Sequence[Mapping[str, Any]], said: Words, *, made: bool) -> Preview:
    first = records[0] if records else {}
    rules = [rule for rule in catalogue.RESOURCES[resource].fields if rule.name in first]
    columns = [_column(rule, first, said.fields[resource], said) for rule in rules if rule.kind not in _ONLY_IN_JSON]
    return Preview(
        columns=tuple(columns),
        rows=tuple(tuple(_cell(record[column.key]) for column in columns) for record in records),
        caption=said.resources[resource],
        newest_first=resource == "call",
        made_up=made,
        json=orjson.dumps(records, option=orjson.OPT_INDENT_2).decode() if records else "",
    )


def _column(rule: FieldRule, record: Mapping[str, Any], labels: Mapping[str, str], said: Words) -> Column:
    masked = rule.name in record.get("_masked", ())
    kind = "choice" if rule.choices else "seconds" if rule.name.endswith("_s") else rule.kind
    return Column(rule.name, labels[rule.name], kind, said.masks[rule.mask or ""].title if masked else "")


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case {"amount": amount, "currency": currency}:
            return f"{amount / 100:.2f} {currency}"
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value)
