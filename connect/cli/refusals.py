"""A group of commands that tells a refusal of the rooms below in one sentence, and ends with 1."""

from __future__ import annotations

import click

from apps_registry.errors import RegistryError
from connect.accounts.errors import AccountsError


class Refusals(click.Group):
    """What a service refuses is said as the service says it: the field, and what would be right."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (RegistryError, AccountsError) as error:
            raise click.ClickException(str(error)) from error
