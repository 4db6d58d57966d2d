"""Who stood how, from the entries alone: apps, grants, terms and refusals as at any time, and how the tables of today differ.

A grant that somebody put into the tables by SQL has no entry and is named; so is one whose row says more than its entries. Entries that
do not hold against their commitment are not believed, and are named too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from connect.ledger import models, store
from connect.ledger.models import LOG
from connect.ledger.rows import COLUMNS, Entry, fault


@dataclass(frozen=True, slots=True)
class AppStanding:
    """An app: its state, and what its newest published version asks for."""

    id: str
    client_id: str
    name: str
    state: str
    version: int | None = None
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GrantStanding:
    """A grant: what stands, what was refused, on which terms, until when."""

    id: str
    account: str
    app: str
    state: str
    version: int
    granted: tuple[str, ...]
    refused: tuple[str, ...]
    terms: Mapping[str, Any]
    expires_at: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A consent that was declined as a whole; `id` is that of its entry."""

    id: str
    account: str
    app: str
    refused: tuple[str, ...]


@dataclass
class Standing:
    """Everything that stands, by id in text form."""

    apps: dict[str, AppStanding] = field(default_factory=dict)
    grants: dict[str, GrantStanding] = field(default_factory=dict)
    refusals: dict[str, Refusal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """`ledger` and `tables` are what each says of `what`; None where it knows nothing."""

    kind: str
    id: str
    what: str
    ledger: Any
    tables: Any


def rebuild(bodies: Iterable[Mapping[str, Any]]) -> Standing:
    """What the bodies of app and grant entries, oldest first, add up to."""
    standing = Standing()
    for body in bodies:
        if body["type"] == "app":
            _add_app(standing.apps, body)
        elif body["grant"] is not None:
            standing.grants[body["grant"]] = _grant(body)
        elif body["event"] == "denied":
            standing.refusals[body["id"]] = Refusal(body["id"], body["account"], body["app"], tuple(body["refused"]))
    return standing


def compare(written: Standing, today: Standing) -> list[Difference]:
    """Where the tables of today say other than the entries."""
    found: list[Difference] = []
    for kind in ("apps", "grants", "refusals"):
        ours, theirs = getattr(written, kind), getattr(today, kind)
        for each in sorted(ours.keys() | theirs.keys()):
            found += _differences(kind.removesuffix("s"), each, ours.get(each), theirs.get(each))
    return found


def believed(connection: Connection, at: datetime | None = None) -> tuple[list[dict[str, Any]], list[Difference]]:
    """The bodies of app and grant entries written up to `at`, in the order of the log, and the entries that do not hold."""
    bodies, broken = [], []
    for entry, commitment in _entries(connection):
        if at is not None and entry.at > at:
            continue
        if wrong := fault(entry, None, commitment):
            broken.append(Difference("entry", entry.name, wrong, None, None))
        else:
            bodies.append(entry.members)
    return bodies, broken


def _entries(connection: Connection) -> Iterator[tuple[Entry, bytes | None]]:
    """(entry, commitment): sealed ones by leaf, then those that wait. The queue is read first: what leaves it has a leaf by then."""
    leaf, pending, entry = models.leaf.c, models.pending.c, models.entry.c
    acts = select(*COLUMNS).where(entry.log_id == LOG, entry.type.in_(["app", "grant"]))
    queued = acts.add_columns(pending.commitment).join(
        models.pending, (pending.log_id == LOG) & (pending.entry_id == entry.id)
    )
    waiting = {Entry(*row): commitment for *row, commitment in connection.execute(queued.order_by(entry.id))}
    placed = acts.add_columns(leaf.leaf_index).join(models.leaf, (leaf.log_id == LOG) & (leaf.entry_id == entry.id))
    for *row, index in connection.execute(placed.order_by(leaf.leaf_index)).all():
        waiting.pop(Entry(*row), None)
        yield Entry(*row), store.commitment(connection, index)
    yield from waiting.items()


def _add_app(apps: dict[str, AppStanding], body: Mapping[str, Any]) -> None:
    before = apps.get(body["app"])
    version = (before.version, before.required, before.optional) if before else (None, (), ())
    if body["event"] == "published":
        version = (body["version_number"], tuple(body["required"]), tuple(body["optional"]))
    apps[body["app"]] = AppStanding(body["app"], body["client_id"], body["name"], body["state"], *version)


def _grant(body: Mapping[str, Any]) -> GrantStanding:
    return GrantStanding(
        body["grant"],
        body["account"],
        body["app"],
        body["state"],
        body["version"],
        tuple(body["granted"]),
        tuple(body["refused"]),
        body["terms"],
        body["expires_at"],
    )


def _differences(kind: str, each: str, ours: Any, theirs: Any) -> list[Difference]:
    if ours is None or theirs is None:
        what = "has no entry" if ours is None else "is not in the tables"
        return [Difference(kind, each, what, ours and asdict(ours), theirs and asdict(theirs))]
    return [
        Difference(kind, each, item.name, getattr(ours, item.name), getattr(theirs, item.name))
        for item in fields(ours)
        if getattr(ours, item.name) != getattr(theirs, item.name)
    ]
