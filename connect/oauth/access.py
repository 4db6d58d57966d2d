"""An access token with everything it stands on, by one query: the token, its grant, app, account, and the app's version in force.

This runs on every API request. The statement is made once; SQLAlchemy compiles it once for each database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, ScalarSelect, and_, bindparam, select

from apps_registry.aggregates import json_list
from apps_registry.clients import open_to, version_in_force
from apps_registry.models import App, RequestedScope
from connect.accounts.models import Account
from connect.core import ids
from connect.core.database import Bytes
from connect.grants.models import Grant
from connect.oauth import standing, tokens
from connect.oauth.models import AccessToken
from connect.oauth.standing import Standing
from connect.oauth.tokens import Basis
from connect.scopes import rights
from connect.scopes.scopes import APP_SCOPES


@dataclass(frozen=True, slots=True)
class Token:
    """An access token's row and what it stands on. `in_force` are the scopes of the app's version in force for this account,
    `profile` is the app's tier.

    `app_version_id` is the version that the customer consented to, with the purposes they read.
    """

    standing: Standing
    id: UUID
    app_id: UUID
    account_id: UUID | None
    grant_id: UUID | None
    chain_id: UUID | None
    scopes: list[str]
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    resource: str | None
    jkt: str | None
    authenticated_at: datetime | None
    profile: str
    in_force: list[str] | None
    timezone: str | None
    catalogue_version: str | None
    app_version_id: UUID | None
    given_at: datetime | None

    @property
    def basis(self) -> Basis:
        return Basis(
            app_id=self.app_id,
            account_id=self.account_id,
            grant_id=self.grant_id,
            grant_version=self.standing.grant_version,
            chain_id=self.chain_id,
            resource=self.resource,
            jkt=self.jkt,
            authenticated_at=self.authenticated_at,
        )

    @property
    def effective(self) -> frozenset[str]:
        """What it may do: as scopes.rights has it, or the app's own scopes where it stands for the app alone."""
        if self.grant_id is None:
            return APP_SCOPES.intersection(self.scopes)
        return rights.effective(self.scopes, self.in_force or (), self.standing.grant_scopes or ())


def find(connection: Connection, text: str) -> Token | None:
    """The token of that text; None when it was never issued or its row is gone. Says nothing about whether it may be used."""
    if not ids.is_token(tokens.PREFIX, text):
        return None
    row = connection.execute(_TOKEN, {"digest": ids.digest(text)}).one_or_none()
    return None if row is None else Token(Standing(*row[_OWN:]), *row[:_OWN])


def _in_force() -> ScalarSelect[Any]:
    of_version = RequestedScope.app_version_id == version_in_force()
    chosen = select(json_list(RequestedScope.scope)).where(and_(of_version, open_to(Account.id, Account.kind)))
    return chosen.correlate(App, Account).scalar_subquery()


_COLUMNS: tuple[Any, ...] = (
    AccessToken.id, AccessToken.app_id, AccessToken.account_id, AccessToken.grant_id, AccessToken.chain_id, AccessToken.scopes,
    AccessToken.issued_at, AccessToken.expires_at, AccessToken.revoked_at, AccessToken.resource, AccessToken.jkt,
    AccessToken.authenticated_at, App.profile, _in_force().label("in_force"),
    Account.timezone, Grant.catalogue_version, Grant.app_version_id, Grant.given_at,
)  # fmt: skip
_OWN = len(_COLUMNS)
_TOKEN = standing.looked_at(select(*_COLUMNS, *standing.COLUMNS), AccessToken).where(
    AccessToken.digest == bindparam("digest", type_=Bytes)
)
