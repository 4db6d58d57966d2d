"""Proofs that may be used once: a DPoP proof (RFC 9449 11.1), a client assertion (RFC 7523 3). All processes share one table.

A proof is remembered until it could not be used any more for its age; then housekeeping.py clears it away.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache

from sqlalchemy import bindparam
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from connect.core import database
from connect.core.database import Bytes, UtcDateTime
from connect.oauth.models import SpentProof

DPOP, ASSERTION = "dpop", "assertion"


def first_use(session: Session, kind: str, identity: str, until: datetime) -> bool:
    """Note that a proof is used; False when it was used before.

    `identity` tells it from all others of its `kind`: its jti together with whose it is. `until` is when it is too old in any case. Of
    many uses at once one is the first: on PostgreSQL the others wait for its transaction, and one of them is first if it was undone.
    """
    digest = hashlib.sha256(f"{kind}\n{identity}".encode()).digest()
    spent = session.connection().execute(_spend(database.dialect()), {"digest": digest, "until": until})
    return spent.first() is not None


@lru_cache(maxsize=2)
def _spend(_dialect: str) -> ReturningInsert[datetime]:
    """Made once for each database, so that it is compiled once."""
    row = {"digest": bindparam("digest", type_=Bytes), "expires_at": bindparam("until", type_=UtcDateTime)}
    return database.upsert(SpentProof).values(row).on_conflict_do_nothing().returning(SpentProof.expires_at)
