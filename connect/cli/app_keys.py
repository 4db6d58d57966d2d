"""`connect apps keys`: the public keys that an app proves itself with (private_key_jwt)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from apps_registry import keys, published_keys, queries
from apps_registry.keys import Keys
from apps_registry.queries import AppPage
from connect.cli.output import json_option, show_one
from connect.cli.refusals import Refusals
from connect.core import actor, database
from connect.core.public_keys import PublicKey


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The two ways to give keys, as options of `command`; `given` reads them."""
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    by_value = click.option("--jwks", type=file, help="File with the app's public keys, a JWK Set (RFC 7517).")
    by_address = click.option("--jwks-uri", default="", help="https address where the app publishes such a set.")
    return by_value(by_address(command))


def given(jwks: Path | None, jwks_uri: str) -> Keys:
    """The keys that the options name. Raises InvalidApp."""
    return Keys(None if jwks is None else keys.read(jwks.read_bytes()), jwks_uri)


def lines(found: Iterable[PublicKey]) -> list[dict[str, str | None]]:
    """Keys as commands show them: `thumbprint` is the SHA-256 of RFC 7638."""
    return [
        {"kid": key.kid, "alg": key.alg or " or ".join(key.algorithms), "thumbprint": key.thumbprint} for key in found
    ]


@click.group("keys", cls=Refusals)
def app_keys() -> None:
    """Public keys of apps that prove who they are with one (private_key_jwt)."""


@app_keys.command("list")
@click.argument("client_id")
@json_option
def list_keys(client_id: str, as_json: bool) -> None:
    """Show an app's keys. Those that it publishes are read at their address now."""
    page = _page(client_id)
    found = published_keys.read(page.jwks_uri) if page.jwks_uri else page.keys
    _show(page, found, as_json)


@app_keys.command("replace")
@click.argument("client_id")
@options
@json_option
def replace_keys(client_id: str, jwks: Path | None, jwks_uri: str, as_json: bool) -> None:
    """Put other keys in the place of an app's; those before prove nothing from then on. Keep a key that is in use in the new set."""
    with database.unit_of_work() as session:
        keys.replace(session, queries.app_id_of(client_id), given(jwks, jwks_uri), actor.operator())
    page = _page(client_id)
    _show(page, page.keys, as_json)


def _page(client_id: str) -> AppPage:
    return queries.app_page(queries.app_id_of(client_id))


def _show(page: AppPage, found: Iterable[PublicKey], as_json: bool) -> None:
    said = {
        "client_id": page.client_id,
        "auth_method": page.auth_method,
        "jwks_uri": page.jwks_uri,
        "keys": lines(found),
    }
    show_one(said, as_json=as_json)
