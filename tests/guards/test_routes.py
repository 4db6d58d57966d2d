"""Every route says who may use it, by `connect.core.access`, and the public ones are few and listed here."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import Rule

PUBLIC = {
    "/",
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-protected-resource",
    "/oauth/authorize",
    "/device",
    "/ledger/checkpoint",
    "/ledger/keys",
    "/ledger/policy",
    "/ledger/tile/<path:name>",
    "/openapi.json",
    "/problems/<slug>",
    "/sign-in",
    "/sign-in/link/<token>",
    "/sign-out",
    "/healthz",
    "/readyz",
    "/status",
    "/help",
    "/static/<path:filename>",
}


def test_every_route_has_an_access_rule(app: Flask) -> None:
    assert not sorted(route for route, rule in _rules(app).items() if rule is None)


def test_only_listed_routes_are_public(app: Flask) -> None:
    assert {route.partition(" ")[2] for route, rule in _rules(app).items() if rule == "public"} == PUBLIC


def _rules(app: Flask) -> dict[str, str | None]:
    """`GET /v1/calls` -> the access rule of what answers."""
    return dict(pair for route in app.url_map.iter_rules() for pair in _of(app, route))


def _of(app: Flask, route: Rule) -> Iterator[tuple[str, str | None]]:
    """The rule stands on the view function, or on the method of a class-based view. Flask's own view for static files has none."""
    view = app.view_functions[route.endpoint]
    for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
        answering = getattr(getattr(view, "view_class", None), method.lower(), view)
        static = route.endpoint.rpartition(".")[2] == "static"
        yield f"{method} {route.rule}", "public" if static else getattr(answering, "access_rule", None)
