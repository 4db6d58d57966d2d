"""/healthz: this process answers. /readyz: it can do its work (database, and the background parts where they run here)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from connect.core import clock, database, health
from connect.core.access import public

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """200 while the process answers."""
    return jsonify({"status": "ok"})


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """200 when ready, else 503; `parts` says what is not."""
    parts: dict[str, Any] = {"database": _database()}
    for name, at in health.beats().items():
        parts[name] = "ok" if health.is_alive(at) else f"silent since {clock.text(at)}"
    ready = all(state == "ok" for state in parts.values())
    return jsonify({"status": "ok" if ready else "not ready", "parts": parts}), 200 if ready else 503


def _database() -> str:
    try:
        with database.read() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return f"does not answer ({type(error).__name__})"
    return "ok"
