"""Makes the rooms known to each other and to core: their receivers of signals, their navigation, their addresses."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from connect.core import paths
from connect.core.pages import navigation

RECEIVERS = (
    "connect.ledger.receivers",
    "connect.grants.receivers",
    "connect.disclosure.receivers",
    "connect.oauth.receivers",
    "connect.webhooks.receivers",
)

# Each may have an AREA (navigation), PATHS (addresses that are no ordinary pages), or both.
ROOMS = (
    "connect.customer.blueprint",
    "connect.developer.blueprint",
    "connect.auditor.blueprint",
    "connect.staff.blueprint",
    "connect.signin.blueprint",
    "connect.api.blueprint",
    "connect.oauth.endpoints",
)


def connect_receivers() -> None:
    """Import each room's receivers and register them; doing it twice changes nothing. For create_app and the command line."""
    for name in RECEIVERS:
        import_module(name).register()


def register_rooms(app: Flask) -> None:
    """Tell `app` the navigation and the addresses of every room."""
    rooms = [import_module(name) for name in ROOMS]
    navigation.install(app, {room.blueprint.name: room.AREA for room in rooms if hasattr(room, "AREA")})
    paths.install(app, *(room.PATHS for room in rooms if hasattr(room, "PATHS")))
