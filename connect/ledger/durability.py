"""Whether a commit survives a power cut. An entry that was acknowledged and then lost would be a disclosure without a record."""

from __future__ import annotations

from sqlalchemy import Connection, text

from connect.core import database

_SURVIVES = {"postgresql": ({"on", "remote_write", "remote_apply", "local"}, "SHOW synchronous_commit"),
             "sqlite": ({"2", "3"}, "PRAGMA synchronous")}  # fmt: skip


class NotDurable(Exception):
    """The database acknowledges commits that a power cut would undo; the message says which setting does it."""


def require() -> None:
    """Raise NotDurable unless commits are on disk before they are acknowledged. Every part of the platform asks when it starts."""
    with database.read() as connection:
        found = setting(connection)
    accepted, statement = _SURVIVES[database.dialect()]
    if found not in accepted:
        raise NotDurable(f"{statement} answers {found}: a power cut would lose ledger entries that were acknowledged")


def setting(connection: Connection) -> str:
    """What the database says of how it commits."""
    return str(connection.scalar(text(_SURVIVES[connection.dialect.name][1])))
