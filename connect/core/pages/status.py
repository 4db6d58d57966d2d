"""Whether the platform works, in words for everybody: the pages, the database, the parts that run in the background."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from connect.core import database, health


@dataclass(frozen=True)
class Check:
    """One line of the status page; `since` is the last sign of life of a background part."""

    name: str
    works: bool
    since: datetime | None = None


def checks() -> list[Check]:
    """The pages always work when this is seen; the others are asked."""
    parts = [Check(name, health.is_alive(beat), beat) for name, beat in sorted(health.beats().items())]
    return [Check(_("Pages and API"), True), Check(_("Database"), _database_answers()), *parts]


def _database_answers() -> bool:
    try:
        with database.read() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
