"""Runs Alembic's migrations from the program, without an ini file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

FOLDER = Path(__file__).parents[2] / "migrations"


def config() -> Config:
    """Alembic's configuration of this project."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    return made


def upgrade(revision: str = "head") -> None:
    """Bring the active database up to `revision`."""
    command.upgrade(config(), revision)


def downgrade(revision: str) -> None:
    """Take the active database back to `revision` (`base` empties it)."""
    command.downgrade(config(), revision)
