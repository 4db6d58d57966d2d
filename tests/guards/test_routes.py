"""Every route says who may use it, by `connect.core.access`, and the public ones are few and listed here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask

PUBLIC: set[str] = set()


def test_every_route_has_an_access_rule(app: Flask) -> None:
    assert not sorted(f"{method} {path}" for path, method, view in _views(app) if not _rule(view))


def test_only_listed_routes_are_public(app: Flask) -> None:
    assert {path for path, _, view in _views(app) if _rule(view) == "public"} == PUBLIC


def _views(app: Flask) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Path, method and what answers: the view function, or the method of a class-based view."""
    for route in app.url_map.iter_rules():
        view = app.view_functions[route.endpoint]
        for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
            yield route.rule, method, getattr(getattr(view, "view_class", None), method.lower(), view)


def _rule(view: Callable[..., Any]) -> str | None:
    return getattr(view, "access_rule", None)
