"""The options that narrow a search of the ledger, for every command that takes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import click

from connect.core import clock, ids
from connect.ledger.queries import Filters

Command = TypeVar("Command", bound=Callable[..., Any])


class TextId(click.ParamType[UUID]):
    """An id in its text form, of the kind that the prefix says."""

    def __init__(self, prefix: str) -> None:
        self.prefix = self.name = prefix

    def convert(self, value: str | UUID, param: click.Parameter | None, ctx: click.Context | None) -> UUID:
        try:
            return value if isinstance(value, UUID) else ids.decode(self.prefix, value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Time(click.ParamType[datetime]):
    """RFC 3339 with its zone."""

    name = "time"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return value if isinstance(value, datetime) else clock.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def time_option(name: str, words: str) -> Callable[[Command], Command]:
    return click.option(name, type=Time(), help=words)


_OPTIONS: tuple[tuple[str, str, Any, str], ...] = (
    ("--account", "account_id", TextId("acc"), "Only entries about this account."),
    ("--app", "app_id", TextId("app"), "Only about this app."),
    ("--grant", "grant_id", TextId("grant"), "Only about this grant."),
    ("--person", "person_id", TextId("psn"), "Only about this person."),
    ("--token", "token_ref", str, "Only under this token (its public handle)."),
    ("--type", "type", str, "Only of this type: disclosure, grant, token, app …"),
    ("--channel", "channel", str, "Only over this channel: api, webhook, export …"),
    ("--resource", "resource", str, "Only of this resource: call, contact …"),
    ("--request-id", "request_id", str, "Only of this request (the Request-Id of the answer)."),
    ("--status", "status", int, "Only with this status."),
    ("--since", "since", Time(), "Not before this time."),
    ("--until", "until", Time(), "Before this time."),
    ("--record", "record", str, "Only disclosures of this record (call_…)."),
    ("--subject", "subject", str, "Only disclosures about this subject's digest."),
    ("--field", "field", str, "Only disclosures of this field."),
    ("--scope", "scope", str, "Only under this scope."),
)


def filter_options(command: Command) -> Command:
    """Add the options to a command, which passes what it got to `as_filters`."""
    for option, name, kind, words in reversed(_OPTIONS):
        command = click.option(option, name, type=kind, help=words)(command)
    return command


def as_filters(given: dict[str, Any]) -> Filters:
    return Filters(**given)
