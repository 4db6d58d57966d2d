"""What the header shows: who looks, where they are, and what each kind of person finds there."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request, url_for
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString


@dataclass(frozen=True)
class Viewer:
    """The signed-in person, put into `g.viewer` by the guards; pages without one show no navigation.

    `areas` are the keys of AREAS the person may enter; `place` is the business or team they act for, if any.
    """

    name: str
    place: str
    areas: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """One entry of a navigation; `icon` is a name of the sprite."""

    label: LazyString
    endpoint: str
    icon: str


@dataclass(frozen=True)
class Area:
    """The pages of one kind of person; their blueprint bears the area's key as its name."""

    label: LazyString
    links: tuple[Link, ...]

    @property
    def home(self) -> str:
        return self.links[0].endpoint


AREAS: dict[str, Area] = {
    "customer": Area(
        _("Your business"),
        (
            Link(_("Home"), "customer.home", "building-2"),
            Link(_("Connected apps"), "customer.connected_apps", "plug"),
        ),
    ),
    "developer": Area(
        _("Developer"),
        (
            Link(_("Home"), "developer.home", "code"),
            Link(_("Apps"), "developer.apps", "list-checks"),
        ),
    ),
    "auditor": Area(_("Ledger"), (Link(_("Console"), "auditor.console", "search"),)),
    "staff": Area(
        _("Staff"),
        (
            Link(_("Reviews"), "staff.reviews", "list-checks"),
            Link(_("Apps"), "staff.apps", "plug"),
            Link(_("Health"), "staff.health", "monitor"),
        ),
    ),
}


def viewer() -> Viewer | None:
    found: Viewer | None = g.get("viewer")
    return found


def links() -> tuple[Link, ...]:
    """The navigation of the area this page stands in; nothing for whoever may not enter it."""
    who, name = viewer(), request.blueprint or ""
    return AREAS[name].links if who and name in AREAS and name in who.areas else ()


def other_areas() -> tuple[Area, ...]:
    """The further areas this person may enter from here."""
    who = viewer()
    return tuple(AREAS[name] for name in who.areas if name != request.blueprint) if who else ()


def home() -> str:
    """The address of the first page of this person's first area; the root of the site for anybody else."""
    who = viewer()
    return url_for(AREAS[who.areas[0]].home) if who and who.areas else "/"
