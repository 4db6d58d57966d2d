"""Connects the receivers of every room. Called once by create_app and by the command line."""

from __future__ import annotations

RECEIVERS = (
    "connect.ledger.receivers",
    "connect.disclosure.receivers",
    "connect.oauth.receivers",
    "connect.webhooks.receivers",
)


def connect_receivers() -> None:
    """Import each room's receivers and register them; doing it twice changes nothing."""
    from importlib import import_module

    for name in RECEIVERS:
        import_module(name).register()
