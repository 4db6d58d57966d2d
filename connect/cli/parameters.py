"""Parameters that several commands share."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import click

from connect.core import ids


class TextId(click.ParamType[UUID]):
    """An id in its text form, such as `acc_01k…`."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self.name = prefix

    def convert(self, value: str | UUID, param: click.Parameter | None, ctx: click.Context | None) -> UUID:
        try:
            return value if isinstance(value, UUID) else ids.decode(self._prefix, value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Day(click.ParamType[datetime]):
    """A day, such as 2026-12-31; stands for the end of that day in UTC."""

    name = "day"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            if isinstance(value, datetime):
                return value
            return datetime.strptime(value, "%Y-%m-%d").replace(hour=23, minute=59, second=59, tzinfo=UTC)
        except ValueError:
            self.fail("write a day that exists as 2026-12-31", param, ctx)


account_option = click.option("--account", "account_id", type=TextId("acc"), help="Id of the account.")
