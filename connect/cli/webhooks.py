"""`connect webhooks`: endpoints of apps, their secrets, and what became of their deliveries."""

from __future__ import annotations

from uuid import UUID

import click

from apps_registry.errors import NoSuchApp
from apps_registry.queries import app_id_of
from connect.cli.output import json_option, show, show_one
from connect.core import actor, database, ids
from connect.webhooks import emit, queries, services, worker
from connect.webhooks.catalogue import EVENT_TYPES
from connect.webhooks.errors import WebhookError
from connect.webhooks.services import NewSecret

_TYPES = click.Choice(sorted(EVENT_TYPES))


class _Endpoint(click.ParamType[UUID]):
    """The id of an endpoint."""

    name = "endpoint"

    def convert(self, value: str | UUID, param: click.Parameter | None, ctx: click.Context | None) -> UUID:
        try:
            return value if isinstance(value, UUID) else ids.decode("whe", value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


_endpoint = click.argument("endpoint", type=_Endpoint())


class _Refusals(click.Group):
    """Tells a refusal in one sentence."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (WebhookError, NoSuchApp) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Refusals)
def webhooks() -> None:
    """Where apps are told what happens, and how that goes."""


@webhooks.command()
@click.option("--app", "client_id", required=True, help="Client id of the app.")
@click.option("--url", required=True, help="https address that takes the deliveries.")
@click.option("--type", "types", multiple=True, type=_TYPES, help="Event type; may be given again. All, when left out.")
@json_option
def add(client_id: str, url: str, types: tuple[str, ...], as_json: bool) -> None:
    """Add an endpoint to an app and print its signing secret, once."""
    app_id = app_id_of(client_id)
    with database.unit_of_work() as session:
        made = services.add(session, app_id, url, types, actor.operator())
    _show_secret(made, as_json)


@webhooks.command("list")
@click.option("--app", "client_id", help="Only endpoints of this client id.")
@json_option
def list_endpoints(client_id: str | None, as_json: bool) -> None:
    """List endpoints, newest first."""
    show([line.as_dict() for line in queries.endpoints(client_id)], as_json=as_json, name="endpoints")


@webhooks.command()
@_endpoint
@json_option
def status(endpoint: UUID, as_json: bool) -> None:
    """Say how ENDPOINT does: failing or paused since or until when, and how many deliveries stand where."""
    show_one(queries.status(endpoint).as_dict(), as_json=as_json)


@webhooks.command()
@_endpoint
@click.option("--limit", default=50, type=click.IntRange(1, 1000), help="How many, the newest first.")
@json_option
def attempts(endpoint: UUID, limit: int, as_json: bool) -> None:
    """List attempts at ENDPOINT: status, error, timings, address, ledger entry."""
    show([line.as_dict() for line in queries.attempts(endpoint, limit)], as_json=as_json, name="attempts")


@webhooks.command()
@_endpoint
@json_option
def rotate(endpoint: UUID, as_json: bool) -> None:
    """Give ENDPOINT a new signing secret and print it, once; the old one signs beside it for the overlap."""
    with database.unit_of_work() as session:
        made = services.rotate(session, endpoint, actor.operator())
    _show_secret(made, as_json)


@webhooks.command()
@_endpoint
@json_option
def enable(endpoint: UUID, as_json: bool) -> None:
    """Turn ENDPOINT on again; its record of failure starts anew."""
    with database.unit_of_work() as session:
        services.enable(session, endpoint, actor.operator())
    show_one(queries.status(endpoint).as_dict(), as_json=as_json)


@webhooks.command()
@_endpoint
@json_option
def remove(endpoint: UUID, as_json: bool) -> None:
    """End ENDPOINT for good and cancel what waits for it."""
    with database.unit_of_work() as session:
        removed = services.remove(session, endpoint, actor.operator())
    show_one({"id": ids.encode("whe", removed.id), "state": removed.state}, as_json=as_json)


@webhooks.command("emit")
@_endpoint
@click.option("--type", "name", type=_TYPES, default="call.ended", show_default=True, help="Event type.")
@click.option("--deliver", is_flag=True, help="Deliver what is due from here, where no worker runs.")
@json_option
def emit_sample(endpoint: UUID, name: str, deliver: bool, as_json: bool) -> None:
    """Send ENDPOINT a made-up event, marked as a sample and holding nobody's data."""
    with database.unit_of_work() as session:
        delivery_id = emit.sample(session, EVENT_TYPES[name], services.find(session, endpoint))
    if deliver:
        worker.drain_once()
    line = queries.delivery(delivery_id)
    assert line is not None
    show_one(line.as_dict(), as_json=as_json)


def _show_secret(made: NewSecret, as_json: bool) -> None:
    line = queries.status(made.endpoint.id).endpoint
    show_one({**line.as_dict(), "secret": made.secret, "older_until": made.older_until}, as_json=as_json)
