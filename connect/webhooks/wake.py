"""Wakes the worker of this process when deliveries were committed; a worker elsewhere finds them at its next look."""

from __future__ import annotations

import threading

from sqlalchemy.orm import Session

from connect.core import database

waiting = threading.Event()


def after_commit(session: Session) -> None:
    """Wake the worker once the unit of `session` is durable."""
    database.after_commit(session, waiting.set)
