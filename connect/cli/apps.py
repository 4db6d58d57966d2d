"""`connect apps`: the registry from the command line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from apps_registry import queries, services, steps, versions
from apps_registry.details import Asked, Registration
from apps_registry.errors import NoSuchTeam
from apps_registry.keys import NO_KEYS
from apps_registry.kinds import KEY_METHOD, KINDS, PROFILES, STANDARD
from apps_registry.lifecycle import Party
from apps_registry.queries import AppLine, AppPage
from connect.cli import app_keys
from connect.cli.output import json_option, show, show_one
from connect.cli.parameters import TextId
from connect.cli.refusals import Refusals
from connect.core import actor, database, ids

client_id_argument = click.argument("client_id")


@click.group(cls=Refusals)
def apps() -> None:
    """Third-party apps: who they are and what they may ask for."""


apps.add_command(app_keys.app_keys)


@apps.command()
@click.option("--team", required=True, help="Developer team; made when there is none of this name.")
@click.option("--name", required=True, help="As customers will see it.")
@click.option("--developer", help="Legal name of the developer; the team's name when left out.")
@click.option("--privacy-policy", required=True, help="https address of the app's privacy policy.")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="What kind of client it is.")
@click.option(
    "--redirect-uri", "redirect_uris", multiple=True, help="Where customers come back to; may be given again."
)
@click.option(
    "--require", "required", multiple=True, help="Scope without which it is of no use: SCOPE or SCOPE=PURPOSE."
)
@click.option(
    "--optional", "optional", multiple=True, help="Scope that a customer may leave out: SCOPE or SCOPE=PURPOSE."
)
@click.option("--description", default="", help="What it does, in a sentence or two.")
@click.option("--home-url", default="", help="Its home page.")
@click.option("--connect-url", default="", help="Where a customer starts to connect it.")
@click.option("--support-email", default="", help="Whom customers can ask.")
@click.option("--retention-days", default=30, show_default=True, help="How long it keeps what it read.")
@app_keys.options
@click.option(
    "--profile", type=click.Choice(PROFILES), default=STANDARD, show_default=True, help="fapi: FAPI 2.0; it needs keys."
)
@click.option("--account", "owner", type=TextId("acc"), help="Make it private to this account.")
@json_option
def register(
    team: str, developer: str | None, required: tuple[str, ...], optional: tuple[str, ...], as_json: bool, **given: Any
) -> None:
    """Register an app and print its client id and, once, its secret. With keys it has none."""
    given_keys = app_keys.given(given["jwks"], given["jwks_uri"])
    registration = Registration(
        name=given["name"],
        legal_developer=developer or team,
        privacy_policy_url=given["privacy_policy"],
        kind=given["kind"],
        auth_method="" if given_keys == NO_KEYS else KEY_METHOD,
        profile=given["profile"],
        keys=given_keys,
        redirect_uris=given["redirect_uris"],
        asked=(*_asked(required, required=True), *_asked(optional, required=False)),
        description=given["description"],
        home_url=given["home_url"],
        connect_url=given["connect_url"],
        support_email=given["support_email"],
        retention_days=given["retention_days"],
        owner_account_id=given["owner"],
    )
    with database.unit_of_work() as session:
        made = services.register(session, _team(session, team), registration, actor.operator())
    show_one({**_page(queries.app_page(made.app.id)), "client_secret": made.secret}, as_json=as_json)


@apps.command("list")
@json_option
def list_apps(as_json: bool) -> None:
    """List apps, newest first."""
    show([_line(line) for line in queries.apps()], as_json=as_json, name="apps")


@apps.command("show")
@client_id_argument
@json_option
def show_app(client_id: str, as_json: bool) -> None:
    """Show everything about an app but its secrets."""
    show_one(_page(queries.app_page(queries.app_id_of(client_id))), as_json=as_json)


@apps.command("rotate-secret")
@client_id_argument
@click.option("--overlap", type=click.IntRange(0, 168), help="Hours for which the secret before it goes on working.")
@click.option("--force", is_flag=True, help="Where two are live already, end the older one at once.")
@json_option
def rotate_secret(client_id: str, overlap: int | None, force: bool, as_json: bool) -> None:
    """Make a new client secret and print it, once."""
    hours = None if overlap is None else timedelta(hours=overlap)
    app_id = queries.app_id_of(client_id)
    with database.unit_of_work() as session:
        made = services.rotate_secret(session, app_id, actor.operator(), hours, force=force)
    said = {
        "client_id": client_id,
        "client_secret": made.secret,
        "hint": made.row.hint,
        "older_until": made.older_until,
    }
    show_one(said, as_json=as_json)


@apps.command()
@client_id_argument
@click.option("--reason", required=True, help="The developer and the customers read it, and it stands in the ledger.")
@json_option
def suspend(client_id: str, reason: str, as_json: bool) -> None:
    """Stop everything of an app from its next request on."""
    app_id = queries.app_id_of(client_id)
    with database.unit_of_work() as session:
        steps.suspend(session, app_id, reason, actor.operator(), Party.OPERATOR)
    _show_state(app_id, as_json)


@apps.command()
@client_id_argument
@click.option("--reason", default="", help="Stands in the ledger.")
@json_option
def reinstate(client_id: str, reason: str, as_json: bool) -> None:
    """Put a suspended app back where it was."""
    app_id = queries.app_id_of(client_id)
    with database.unit_of_work() as session:
        steps.reinstate(session, app_id, reason, actor.operator(), Party.OPERATOR)
    _show_state(app_id, as_json)


@apps.command()
@client_id_argument
@click.option("--comment", default="", help="Stands beside the approval.")
@json_option
def publish(client_id: str, comment: str, as_json: bool) -> None:
    """Approve the newest version of an app. Where it asks for a restricted scope, a reviewer has to approve too."""
    app_id = queries.app_id_of(client_id)
    with database.unit_of_work() as session:
        versions.publish(session, app_id, actor.operator(), comment)
    _show_state(app_id, as_json)


def _asked(given: Iterable[str], *, required: bool) -> list[Asked]:
    parts = [text.partition("=") for text in given]
    return [Asked(name.strip(), required, purpose.strip()) for name, _equals, purpose in parts]


def _team(session: Session, name: str) -> UUID:
    try:
        return queries.team_id(name)
    except NoSuchTeam:
        return services.add_team(session, name).id


def _show_state(app_id: UUID, as_json: bool) -> None:
    page = queries.app_page(app_id)
    newest = {"version": page.versions[0].number, "version_state": page.versions[0].state}
    said = {"client_id": page.client_id, "name": page.name, "state": page.state, "reason": page.state_reason, **newest}
    show_one(said, as_json=as_json)


def _line(line: AppLine) -> dict[str, Any]:
    return {
        "client_id": line.client_id,
        "name": line.name,
        "team": line.team,
        "origin": line.origin,
        "kind": line.kind,
        "state": line.state,
        "version": line.version,
        "created_at": line.created_at,
    }


def _page(page: AppPage) -> dict[str, Any]:
    newest = page.versions[0]
    return {
        "client_id": page.client_id,
        "name": page.name,
        "team": page.team,
        "origin": page.origin,
        "legal_developer": page.legal_developer,
        "kind": page.kind,
        "auth_method": page.auth_method,
        "profile": page.profile,
        "jwks_uri": page.jwks_uri,
        "keys": app_keys.lines(page.keys),
        "state": page.state,
        "account_id": ids.encode("acc", page.owner_account_id) if page.owner_account_id else None,
        "redirect_uris": list(page.redirect_uris),
        "privacy_policy_url": page.privacy_policy_url,
        "connect_url": page.connect_url,
        "version": newest.number,
        "version_state": newest.state,
        "required": [scope.name for scope in newest.scopes if scope.required],
        "optional": [scope.name for scope in newest.scopes if not scope.required],
        "default_terms": newest.default_terms,
        "secrets": [
            {"hint": secret.hint, "expires_at": secret.expires_at, "last_used_at": secret.last_used_at}
            for secret in page.secrets
        ],
        "created_at": page.created_at,
    }
