"""The `connect` command: settings, database and receivers are set up once, then the group's commands run."""

from __future__ import annotations

import sys

import click

from connect import wiring
from connect.cli.accounts import accounts
from connect.cli.apps import apps
from connect.cli.database import db
from connect.cli.demo import demo
from connect.cli.grants import grants
from connect.cli.housekeeping import housekeeping
from connect.cli.imports import import_command
from connect.cli.ledger import ledger
from connect.cli.people import people
from connect.cli.serving import seal, serve, web, work
from connect.cli.webhooks import webhooks
from connect.core import database, log, settings
from connect.core.settings import SettingsError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def connect() -> None:
    """VoiceTree Connect: consent, access and a verifiable record for third-party apps."""
    settings.activate(settings.load())
    log.configure()
    database.activate(settings.current())
    wiring.connect_receivers()


for command in (
    accounts,
    apps,
    db,
    demo,
    grants,
    housekeeping,
    import_command,
    ledger,
    people,
    seal,
    serve,
    web,
    webhooks,
    work,
):
    connect.add_command(command)


def main() -> None:
    """Entry point; a wrong setting ends with its name and the fix instead of a traceback."""
    try:
        connect()
    except SettingsError as error:
        click.echo(f"connect: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
