"""What this room does when others say that something happened; each inside their transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from apps_registry.models import App
from apps_registry.signals import app_suspended
from connect.calls.signals import EndedCall, call_ended
from connect.core import clock, queue
from connect.grants.models import Grant
from connect.grants.signals import grant_revoked
from connect.webhooks import emit
from connect.webhooks.catalogue import CALL_ENDED, GRANT_REVOKED
from connect.webhooks.emit import Happening
from connect.webhooks.models import TABLE, is_open


def register() -> None:
    """Connect the receivers; doing it twice changes nothing."""
    call_ended.connect(on_call_ended)
    grant_revoked.connect(on_grant_revoked)
    app_suspended.connect(on_app_suspended)


def on_call_ended(session: Session, *, call: EndedCall, **_: Any) -> None:
    """Tell the apps whose grants show the call."""
    happening = Happening(call.account_id, CALL_ENDED, call.call_id, clock.now(), dedupe_key=str(call.call_id))
    emit.to_grants(session, happening, lambda window: window.shows(call))


def on_grant_revoked(grant: Grant, *, session: Session, **_: Any) -> None:
    """Cancel what waits under the grant, then tell its app."""
    _cancel(session, and_(TABLE.c.account_id == grant.account_id, TABLE.c.grant_id == grant.id))
    key = f"{grant.id}/{grant.version}"
    happening = Happening(grant.account_id, GRANT_REVOKED, grant.id, grant.changed_at, key, app_id=grant.app_id)
    emit.to_app(session, happening, grant.id)


def on_app_suspended(app: App, *, session: Session, **_: Any) -> None:
    """Cancel what waits for the app; the rest of it ends by the app's row alone."""
    _cancel(session, TABLE.c.app_id == app.id)


def _cancel(session: Session, concerned: ColumnElement[bool]) -> None:
    """End deliveries that were never tried. One that has its number keeps waiting: the number goes out, without data. So does, at its
    next claim, one that a worker holds right now."""
    waiting = and_(concerned, is_open(TABLE.c), TABLE.c.state == "pending", TABLE.c.needs_grant)
    cancelled = {"state": "cancelled", "settled_at": clock.now()}
    queue.change_free(session, TABLE, and_(waiting, TABLE.c.sequence.is_(None)), cancelled)
    queue.change_free(session, TABLE, and_(waiting, TABLE.c.sequence.is_not(None)), {"withheld": True})
