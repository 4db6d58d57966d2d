"""The web application, put together in one ordered list of steps."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from flask import Flask

from connect import wiring
from connect.accounts import browser
from connect.api import openapi
from connect.core import csrf, database, i18n, log, settings, web
from connect.core.pages import blueprint as pages
from connect.core.settings import Settings
from connect.oauth import endpoints


def create_app(config: Settings | None = None) -> Flask:
    """A Flask application on `config` (default: the environment's settings)."""
    settings.activate(config or settings.load())
    app = Flask("connect", static_folder=None)
    for step in STEPS:
        step(app)
    return app


def _log(_app: Flask) -> None:
    log.configure()


def _database(_app: Flask) -> None:
    database.activate(settings.current())


def _receivers(_app: Flask) -> None:
    wiring.connect_receivers()


def _blueprints(app: Flask) -> None:
    """Views stand on their room's blueprint; all are imported before any blueprint is registered."""
    modules = [import_module(name) for name in VIEWS]
    for blueprint in dict.fromkeys(module.blueprint for module in modules):
        app.register_blueprint(blueprint)


VIEWS = (
    "connect.api.health",
    "connect.api.ledger_log",
    "connect.auditor.views",
    "connect.customer.acts",
    "connect.customer.consent",
    "connect.customer.device",
    "connect.customer.views",
    "connect.developer.views",
    "connect.developer.changes",
    "connect.developer.consent",
    "connect.developer.credentials",
    "connect.developer.endpoints",
    "connect.developer.keys",
    "connect.developer.registering",
    "connect.signin.views",
    "connect.signin.profile",
    "connect.staff.reviews",
    "connect.staff.views",
    "connect.staff.platform",
)


STEPS: tuple[Callable[[Flask], None], ...] = (
    _log,
    _database,
    _receivers,
    web.install,
    i18n.install,
    csrf.install,
    browser.install,
    pages.install,
    wiring.register_rooms,
    _blueprints,
    endpoints.install,
    openapi.install,
)
