"""`connect db`: migrations."""

from __future__ import annotations

import click

from connect.core import migrations


@click.group()
def db() -> None:
    """The database's schema."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database up to REVISION (default: the newest)."""
    migrations.upgrade(revision)
    click.echo(f"The database is at {revision}.")


@db.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the database back to REVISION (`base` empties it)."""
    migrations.downgrade(revision)
    click.echo(f"The database is at {revision}.")
