"""`connect grants`: list, pause, revoke. No command gives or widens a grant."""

from __future__ import annotations

import click

from connect.cli.output import json_option, show, show_one
from connect.core import actor, database, ids
from connect.grants import queries, services
from connect.grants.errors import GrantError


@click.group()
def grants() -> None:
    """What customers granted to apps."""


@grants.command("list")
@click.option("--account", help="Only grants of this account id.")
@click.option("--app", help="Only grants of this client id.")
@json_option
def list_grants(account: str | None, app: str | None, as_json: bool) -> None:
    """List grants, newest first."""
    account_id = _id("acc", account, "--account") if account else None
    show(
        [grant.as_dict() for grant in queries.listing(account_id=account_id, client_id=app)],
        as_json=as_json,
        name="grants",
    )


@grants.command()
@click.argument("grant")
@click.option("--reason", default="", help="Shown to the customer and kept in the ledger.")
@json_option
def pause(grant: str, reason: str, as_json: bool) -> None:
    """Pause GRANT: reads answer 403 until a person of the account resumes it."""
    _act(services.pause, grant, reason, as_json)


@grants.command()
@click.argument("grant")
@click.option("--reason", default="", help="Shown to the customer and kept in the ledger.")
@json_option
def revoke(grant: str, reason: str, as_json: bool) -> None:
    """End GRANT at once."""
    _act(services.revoke, grant, reason, as_json)


def _act(act, grant: str, reason: str, as_json: bool) -> None:  # type: ignore[no-untyped-def]
    grant_id = _id("grant", grant, "GRANT")
    account_id = queries.account_of(grant_id)
    if account_id is None:
        raise click.ClickException(f"There is no grant {grant}.")
    try:
        with database.unit_of_work() as session:
            act(session, account_id, grant_id, actor.operator(), reason)
    except GrantError as error:
        raise click.ClickException(str(error)) from error
    changed = queries.one(account_id, grant_id)
    assert changed is not None  # a grant's row is never deleted
    show_one(changed.as_dict(), as_json=as_json)


def _id(prefix: str, text: str, name: str):  # type: ignore[no-untyped-def]
    try:
        return ids.decode(prefix, text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=name) from error
