"""An app as the OAuth client it is (RFC 6749 2): found by its client id in one statement, as a frozen value."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    exists,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from apps_registry import lifecycle, redirects, secrets
from apps_registry.aggregates import json_list
from apps_registry.lifecycle import State
from apps_registry.models import App, AppSecret, AppTester, AppVersion, RedirectUri, RequestedScope
from apps_registry.versions import PUBLISHED
from connect.core import clock, database
from connect.core.database import UtcDateTime

_TO_ANY_ACCOUNT = lifecycle.OPEN_TO_ALL | lifecycle.OPEN_UNREVIEWED


@dataclass(frozen=True)
class LiveSecret:
    """A secret that has not ended, by its digest."""

    id: UUID
    digest: bytes
    expires_at: datetime | None


@dataclass(frozen=True)
class VersionInForce:
    """What grants may draw from: the published version; for an app under test, a private or an unverified one, its newest."""

    id: UUID
    number: int
    reviewed: bool
    required: frozenset[str]
    optional: frozenset[str]
    default_terms: dict[str, Any]

    @property
    def scopes(self) -> frozenset[str]:
        return self.required | self.optional


@dataclass(frozen=True)
class Client:
    """Everything the authorization server needs to know about an app. `state` is the app's (lifecycle.State)."""

    app_id: UUID
    client_id: str
    team_id: UUID | None
    origin: str
    owner_account_id: UUID | None
    name: str
    legal_developer: str
    kind: str
    auth_method: str
    profile: str
    state: str
    state_reason: str
    policy_hash: str | None
    retention_days: int
    jwks: dict[str, Any] | None
    jwks_uri: str | None
    redirect_uris: tuple[str, ...]
    secrets: tuple[LiveSecret, ...]
    version: VersionInForce | None

    @property
    def usable(self) -> bool:
        """Whether it may do anything at all: not suspended, not retired."""
        return self.state not in lifecycle.CLOSED

    def knows_secret(self, presented: str) -> bool:
        """Whether `presented` is a live secret, in constant time."""
        return secrets.matches(presented, (secret.digest for secret in self.secrets))

    def secret_used(self, presented: str) -> LiveSecret | None:
        """The live secret that `presented` is, for services.note_secret_use."""
        return next((secret for secret in self.secrets if secrets.matches(presented, [secret.digest])), None)

    def may_return_to(self, redirect_uri: str) -> bool:
        """Whether a redirect URI is registered (redirects.py)."""
        return redirects.matches(self.redirect_uris, redirect_uri, self.kind)


def find_client(client_id: str, using: Connection | Session | None = None) -> Client | None:
    """The client of that id, None when there is none. One statement, on `using` or on a reading connection of its own."""
    with _connection(using) as connection:
        found = connection.execute(_CLIENT, {"client_id": client_id, "now": clock.now()}).all()
    return _from_rows(found) if found else None


def may_connect(client: Client, account_id: UUID, account_kind: str, using: Connection | Session | None = None) -> bool:
    """Whether an account may consent to this app: any for a published or an unverified one, sandbox and named accounts for one under
    test, its own for a private one. Who of the account may say yes is for its roles."""
    if client.state in _TO_ANY_ACCOUNT:
        return True
    if client.state == State.PRIVATE:
        return client.owner_account_id == account_id
    if client.state not in lifecycle.OPEN_TO_TESTERS:
        return False
    return account_kind == "sandbox" or _is_tester(client.app_id, account_id, using)


def _is_tester(app_id: UUID, account_id: UUID, using: Connection | Session | None) -> bool:
    named = select(exists().where(AppTester.app_id == app_id, AppTester.account_id == account_id))
    with _connection(using) as connection:
        return bool(connection.execute(named).scalar())


def _connection(using: Connection | Session | None) -> AbstractContextManager[Connection | Session]:
    return database.read() if using is None else nullcontext(using)


_APP_COLUMNS = (
    App.id.label("app_id"), App.client_id, App.team_id, App.origin, App.owner_account_id, App.name, App.legal_developer,
    App.client_kind.label("kind"), App.auth_method, App.profile, App.state, App.state_reason, App.policy_hash, App.retention_days,
    App.jwks, App.jwks_uri,
)  # fmt: skip
_APP_MEMBERS = tuple(column.key for column in _APP_COLUMNS)  # they come first in a row


def open_to(
    account_id: SQLColumnExpression[UUID], account_kind: SQLColumnExpression[str], *, held: bool = False
) -> ColumnElement[bool]:
    """`may_connect` as a condition on App: what was given to an app under test ends with its being a tester.

    `held`: on PostgreSQL the tester's row is taken until the transaction ends. Without it a statement that waited for the app would
    look the tester up as of its own beginning, and pass after the removal was committed.
    """
    named = select(AppTester.app_id).where(AppTester.app_id == App.id, AppTester.account_id == account_id)
    if held:
        named = named.with_for_update(read=True, key_share=True)
    tester = named.correlate_except(AppTester).exists()
    return case(
        (database.one_of(App.state, _TO_ANY_ACCOUNT), true()),
        (App.state == State.PRIVATE, App.owner_account_id == account_id),
        (database.one_of(App.state, lifecycle.OPEN_TO_TESTERS), or_(account_kind == "sandbox", tester)),
        else_=false(),
    )


def version_in_force() -> ScalarSelect[UUID]:
    """The id of an app's version in force, as a subquery on App."""
    newest_counts = database.one_of(App.state, [*lifecycle.OPEN_TO_TESTERS, State.PRIVATE, State.UNVERIFIED])
    return (
        select(AppVersion.id)
        .where(AppVersion.app_id == App.id, or_(newest_counts, AppVersion.state == PUBLISHED))
        .order_by(AppVersion.number.desc())
        .limit(1)
        .correlate(App)
        .scalar_subquery()
    )


def _asked(required: bool) -> ScalarSelect[list[str] | None]:
    asked = RequestedScope.app_version_id == AppVersion.id
    chosen = select(json_list(RequestedScope.scope)).where(asked, RequestedScope.required.is_(required))
    return chosen.correlate(AppVersion).scalar_subquery()


def _statement() -> Select[*tuple[Any, ...]]:
    """An app with its version in force and its lists; a row for each live secret, of which there are two at most."""
    live = or_(AppSecret.expires_at.is_(None), AppSecret.expires_at > bindparam("now", type_=UtcDateTime))
    uris = select(json_list(RedirectUri.uri)).where(RedirectUri.app_id == App.id).correlate(App).scalar_subquery()
    return (
        select(
            *_APP_COLUMNS,
            uris.label("uris"),
            AppVersion.id.label("version_id"),
            AppVersion.number,
            AppVersion.state.label("version_state"),
            AppVersion.default_terms,
            _asked(True).label("required"),
            _asked(False).label("optional"),
            AppSecret.id.label("secret_id"),
            AppSecret.digest,
            AppSecret.expires_at,
        )
        .select_from(App)
        .outerjoin(AppVersion, AppVersion.id == version_in_force())
        .outerjoin(AppSecret, and_(AppSecret.app_id == App.id, live))
        .where(App.client_id == bindparam("client_id"))
    )


_CLIENT = _statement()


def _from_rows(found: Sequence[Row[Any]]) -> Client:
    first = found[0]
    own = dict(zip(_APP_MEMBERS, first, strict=False))
    return Client(
        **own,
        redirect_uris=tuple(sorted(first.uris or ())),
        secrets=tuple(LiveSecret(row.secret_id, row.digest, row.expires_at) for row in found if row.secret_id),
        version=_version(first) if first.version_id else None,
    )


def _version(row: Row[Any]) -> VersionInForce:
    return VersionInForce(
        id=row.version_id,
        number=row.number,
        reviewed=row.version_state == PUBLISHED,
        required=frozenset(row.required or ()),
        optional=frozenset(row.optional or ()),
        default_terms=row.default_terms,
    )
