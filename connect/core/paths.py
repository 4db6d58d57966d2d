"""Addresses that are answered otherwise than pages are. Each room names its own, as prefixes; core knows none of a room."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, request

_KEY = "connect.paths"
_OF_CORE = ("/problems/",)


@dataclass(frozen=True)
class Paths:
    """Prefixes of a room.

    `machine`: programs ask there, so no cookie counts and each failure is a problem document; `pages` are for people nevertheless.
    `leading_out`: an answer to a form there may lead to another site.
    """

    machine: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    leading_out: tuple[str, ...] = ()


def install(app: Flask, *rooms: Paths) -> None:
    """Let `app` know the prefixes of `rooms`."""
    app.extensions[_KEY] = Paths(
        machine=(*_OF_CORE, *(prefix for room in rooms for prefix in room.machine)),
        pages=tuple(prefix for room in rooms for prefix in room.pages),
        leading_out=tuple(prefix for room in rooms for prefix in room.leading_out),
    )


def of_a_machine() -> bool:
    """Whether this request is a program's: by its path, not by what it says it accepts."""
    return request.path.startswith(_known().machine) and not request.path.startswith(_known().pages)


def leads_out() -> bool:
    """Whether a form on this page may be answered by a redirect to another site."""
    return request.path.startswith(_known().leading_out)


def _known() -> Paths:
    known: Paths = current_app.extensions[_KEY]
    return known
