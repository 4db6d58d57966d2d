"""Neem CRM, put together."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from flask import Flask, Response

from examples.crm import voicetree
from examples.crm.config import Config
from examples.crm.hooks import hooks
from examples.crm.pages import pages
from examples.crm.store import Store

_INDIA = timezone(timedelta(hours=5, minutes=30))


def create_app(config: Config) -> Flask:
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=config.session_key,
        SESSION_COOKIE_NAME="neem_session",  # a cookie is shared by all ports of a host, so it needs a name of its own
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.base_url.startswith("https://"),
        MAX_CONTENT_LENGTH=1_000_000,
        REDIRECT_URI=config.redirect_uri,
        WEBHOOK_SECRET=config.webhook_secret,
    )
    app.extensions["store"] = Store(config.database)
    voicetree.install(app, config)
    app.register_blueprint(pages)
    app.register_blueprint(hooks)
    app.add_template_filter(_local_time, "local_time")
    app.add_template_filter(_duration, "duration")
    app.after_request(_harden)
    return app


def _local_time(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(_INDIA).strftime("%d %b %Y, %H:%M")


def _duration(seconds: int | None) -> str:
    return "–" if seconds is None else f"{seconds // 60}:{seconds % 60:02}"


def _harden(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
