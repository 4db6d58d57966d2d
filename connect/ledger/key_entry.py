"""The entry that says which key signs the log, so that an auditor finds in the log itself which key to expect from when."""

from __future__ import annotations

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from connect.core import actor
from connect.ledger import keys, models, services, upkeep
from connect.ledger.models import LOG


def write_once(session: Session, origin: str) -> None:
    """Append a `key` entry for the key in force, unless one names it. The caller holds the lock on the log's head."""
    vkey = keys.verifier_key(origin, keys.signing_key(session))
    column = models.entry.c
    bodies = session.scalars(select(column.body).where(column.log_id == LOG, column.type == "key"))
    if all(orjson.loads(body)["vkey"] != vkey for body in bodies):
        services.append(
            session, upkeep.key(event="signs", purpose=keys.PURPOSE, vkey=vkey, actor=actor.SYSTEM.as_text())
        )
