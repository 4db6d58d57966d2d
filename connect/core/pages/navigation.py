"""What the header shows: who looks, where they are, and what each kind of person finds there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, current_app, g, request, url_for
from flask_babel.speaklater import LazyString

_KEY = "connect.areas"


@dataclass(frozen=True)
class Viewer:
    """The signed-in person, put into `g.viewer` by the guards; pages without one show no navigation.

    `areas` are the names of those the person may enter; `place` is the business or team they act for, if any.
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
    """The pages of one kind of person; each room declares its own beside its blueprint, which bears the area's name."""

    label: LazyString
    links: tuple[Link, ...]

    @property
    def home(self) -> str:
        return self.links[0].endpoint


def install(app: Flask, areas: Mapping[str, Area]) -> None:
    """Let `app` know the areas of its rooms, by the names of their blueprints."""
    app.extensions[_KEY] = dict(areas)


def viewer() -> Viewer | None:
    found: Viewer | None = g.get("viewer")
    return found


def links() -> tuple[Link, ...]:
    """The navigation of the area this page stands in; nothing for whoever may not enter it."""
    who, name = viewer(), request.blueprint or ""
    return _areas()[name].links if who and name in _areas() and name in who.areas else ()


def other_areas() -> tuple[Area, ...]:
    """The further areas this person may enter from here."""
    who = viewer()
    return tuple(_areas()[name] for name in who.areas if name != request.blueprint) if who else ()


def home() -> str:
    """The address of the first page of this person's first area; the root of the site for anybody else."""
    who = viewer()
    return url_for(_areas()[who.areas[0]].home) if who and who.areas else "/"


def _areas() -> dict[str, Area]:
    areas: dict[str, Area] = current_app.extensions[_KEY]
    return areas
