"""`connect grants`: list, pause, revoke. No command gives or widens a grant."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import click
from sqlalchemy.orm import Session

from connect.cli.output import json_option, show, show_one
from connect.cli.parameters import TextId
from connect.core import actor, database, ids
from connect.core.actor import Actor
from connect.grants import queries, services
from connect.grants.errors import GrantError
from connect.grants.models import Grant

Act = Callable[[Session, UUID, UUID, Actor, str], Grant]

grant_argument = click.argument("grant_id", metavar="GRANT", type=TextId("grant"))


@click.group()
def grants() -> None:
    """What customers granted to apps."""


@grants.command("list")
@click.option("--account", "account_id", type=TextId("acc"), help="Only grants of this account id.")
@click.option("--app", help="Only grants of this client id.")
@json_option
def list_grants(account_id: UUID | None, app: str | None, as_json: bool) -> None:
    """List grants, newest first."""
    show(
        [grant.as_dict() for grant in queries.listing(account_id=account_id, client_id=app)],
        as_json=as_json,
        name="grants",
    )


@grants.command()
@grant_argument
@click.option("--reason", default="", help="Shown to the customer and kept in the ledger.")
@json_option
def pause(grant_id: UUID, reason: str, as_json: bool) -> None:
    """Pause GRANT: reads answer 403 until a person of the account resumes it."""
    _act(services.pause, grant_id, reason, as_json)


@grants.command()
@grant_argument
@click.option("--reason", default="", help="Shown to the customer and kept in the ledger.")
@json_option
def revoke(grant_id: UUID, reason: str, as_json: bool) -> None:
    """End GRANT at once."""
    _act(services.revoke, grant_id, reason, as_json)


def _act(act: Act, grant_id: UUID, reason: str, as_json: bool) -> None:
    account_id = queries.account_of(grant_id)
    if account_id is None:
        raise click.ClickException(f"There is no grant {ids.encode('grant', grant_id)}.")
    try:
        with database.unit_of_work() as session:
            act(session, account_id, grant_id, actor.operator(), reason)
    except GrantError as error:
        raise click.ClickException(str(error)) from error
    changed = queries.one(account_id, grant_id)
    assert changed is not None  # a grant's row is never deleted
    show_one(changed.as_dict(), as_json=as_json)
