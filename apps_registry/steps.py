"""The steps of an app's lifecycle: suspended by the staff and reinstated, taken through the other ones by its team."""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from apps_registry import lifecycle, rows, signals
from apps_registry.errors import FieldError, InvalidApp
from apps_registry.lifecycle import Party
from apps_registry.models import App
from connect.core import clock
from connect.core.actor import Actor


def suspend(session: Session, app_id: UUID, reason: str, actor: Actor, by: Party) -> App:
    """Stop everything of the app from the next statement on. `reason` is shown to developer and customers, so it is required."""
    if not reason.strip():
        raise InvalidApp(FieldError("reason", _("Give the reason; the developer and the customers will read it.")))
    app = rows.locked_app(session, app_id)
    before = app.state
    _step(session, app, "suspend", by)
    app.suspended_from, app.state_reason = before, reason.strip()
    session.flush()
    signals.app_suspended.send(app, session=session, actor=actor, reason=app.state_reason)
    return app


def reinstate(session: Session, app_id: UUID, reason: str, actor: Actor, by: Party) -> App:
    """Put a suspended app back where it was."""
    app = rows.locked_app(session, app_id)
    _step(session, app, "reinstate", by)
    app.suspended_from, app.state_reason = None, ""
    session.flush()
    signals.app_reinstated.send(app, session=session, actor=actor, reason=reason.strip())
    return app


def retire(session: Session, app_id: UUID, reason: str, actor: Actor, by: Party) -> App:
    """End the app for good."""
    app = rows.locked_app(session, app_id)
    _step(session, app, "retire", by)
    app.state_reason = reason.strip()
    session.flush()
    signals.app_retired.send(app, session=session, actor=actor, reason=app.state_reason)
    return app


def move(session: Session, app_id: UUID, name: str, actor: Actor, by: Party) -> App:
    """A step without a service of its own: test, unlist, list. Raises MoveRefused."""
    app = rows.locked_app(session, app_id)
    before = app.state
    _step(session, app, name, by)
    session.flush()
    signals.app_moved.send(app, session=session, actor=actor, before=before, move=name)
    return app


def _step(session: Session, app: App, name: str, by: Party) -> None:
    app.state = lifecycle.after(name, app.state, by, app.suspended_from)
    app.updated_at = clock.now()
