"""The state of the log for the console: size, newest checkpoint and its age, what waits, the last check of itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import url_for

from connect.core import clock, database
from connect.ledger import keys, selfcheck, store

_STALE = timedelta(minutes=15)  # an idle log still gives out a checkpoint every ten


def card() -> dict[str, Any]:
    """What auditor/chain.html shows."""
    with database.read() as connection:
        head, newest = store.head(connection), store.newest_published(connection)
        waiting = store.waiting(connection)
    age = clock.now() - newest.published_at if newest else timedelta(0)
    return {
        "size": head.size if head else 0,
        "checkpoint": {"at": newest.published_at, "size": newest.size, "root": newest.root.hex()} if newest else None,
        "sealed_age": age,
        "pending": waiting,
        "stale": age > _STALE,
        "check": _check(),
    }


def size() -> int:
    """How many leaves the log has."""
    with database.read() as connection:
        head = store.head(connection)
    return head.size if head else 0


def verifier_key() -> str:
    """The key that auditors pin: `origin+hash+key`."""
    with database.read() as connection:
        head = store.head(connection)
    return keys.verifier_key(head.origin if head else keys.origin())


def _check() -> dict[str, Any] | None:
    done = selfcheck.last()
    if done is None:
        return None
    entry_url = url_for("auditor.entry", entry_id=done.entry) if done.entry else None
    return {"at": done.at, "ok": done.ok, "words": done.words, "entry_url": entry_url}
