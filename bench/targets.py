"""What is served under load, each by granian in a process of its own: the platform, the platform without its ledger, and the bounds.

The variants without a ledger exist here alone: the product has no switch for it.
"""

from __future__ import annotations

import os

import orjson
from flask import Flask, Response
from sqlalchemy import select

from connect.calls.models import Call
from connect.core import database, ids
from connect.ledger.services import Appended

ROWS = 50


def platform() -> Flask:
    """The product as it is."""
    from connect import serve

    return serve.embedded() if _on_sqlite() else serve.web_only()


def without_ledger() -> Flask:
    """The product, its appends left out: what is missing against `platform` is the price of the proof."""
    from connect.disclosure import release

    release.services.append = lambda *_args, **_options: Appended(ids.new(), b"", _never())  # type: ignore[attr-defined]
    return platform()


def bare_route() -> Flask:
    """A Flask route that answers a constant: the most that this server can do."""
    app = Flask("bare")
    body = b"x" * 20_000

    @app.get("/")
    def answer() -> Response:
        return Response(body, content_type="application/json")

    return app


def bare_read() -> Flask:
    """A Flask route that reads 50 calls by SQLAlchemy and encodes them: no authentication, no projection, no ledger."""
    from connect.core import settings

    settings.activate(settings.load())
    app, columns = Flask("bare"), list(Call.__table__.c)
    newest = select(*columns).where(Call.account_id == ids.decode("acc", os.environ["BENCH_ACCOUNT"]))
    statement = newest.order_by(Call.started_at.desc(), Call.id.desc()).limit(ROWS)

    @app.get("/")
    def answer() -> Response:
        with database.read() as connection:
            rows = [dict(row._mapping) for row in connection.execute(statement)]
        return Response(orjson.dumps(rows, default=str), content_type="application/json")

    return app


def _on_sqlite() -> bool:
    return os.environ["CONNECT_DATABASE_URL"].startswith("sqlite")


def _never():  # type: ignore[no-untyped-def]
    from connect.core import clock

    return clock.now()
