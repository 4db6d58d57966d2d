"""`connect accounts`: the customers' accounts."""

from __future__ import annotations

from typing import Any

import click

from connect.accounts import queries, services
from connect.accounts.queries import AccountLine
from connect.cli.output import json_option, show, show_one
from connect.cli.refusals import Refusals
from connect.core import actor, database, ids


@click.group(cls=Refusals)
def accounts() -> None:
    """The customers' accounts."""


@accounts.command()
@click.argument("name")
@click.option(
    "--kind", type=click.Choice(services.KINDS), default="customer", show_default=True, help="What it is for."
)
@click.option("--timezone", default="Asia/Kolkata", show_default=True, help="IANA time zone.")
@click.option("--region", default="IN", show_default=True, help="Country, as two letters.")
@json_option
def add(name: str, kind: str, timezone: str, region: str, as_json: bool) -> None:
    """Add an account called NAME."""
    with database.unit_of_work() as session:
        made = services.add_account(session, name, actor.operator(), kind=kind, timezone=timezone, region=region)
    show_one(_line(queries.account(made.id)), as_json=as_json)


@accounts.command("list")
@json_option
def list_accounts(as_json: bool) -> None:
    """List accounts by name."""
    show([_line(account) for account in queries.accounts()], as_json=as_json, name="accounts")


def _line(account: AccountLine) -> dict[str, Any]:
    return {
        "id": ids.encode("acc", account.id),
        "name": account.name,
        "kind": account.kind,
        "state": account.state,
        "timezone": account.timezone,
        "region": account.region,
        "created_at": account.created_at,
    }
