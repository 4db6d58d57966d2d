"""A small world for tests: an account with calls, its owner, an app in force, and a grant between them, all made by services."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from apps_registry import services as registry
from apps_registry import versions
from apps_registry.details import Asked, Registration
from apps_registry.kinds import KINDS
from connect.accounts import people
from connect.accounts import services as accounts
from connect.calls import generator, ingest
from connect.calls.incoming import CallIn
from connect.core import actor, clock, database
from connect.disclosure.context import Context
from connect.grants import services as grants
from connect.grants.models import Grant
from connect.grants.services import Consent
from connect.oauth import tokens
from connect.oauth.tokens import Basis
from connect.scopes import catalogue
from connect.scopes.terms import Terms, default_terms

REQUIRED = frozenset({"call_log:read", "numbers:read"})
OPTIONAL = frozenset({"call_log.numbers:read", "contacts:read", "offline_access"})
REDIRECT_URI = "https://crm.example/callback"


@dataclass(frozen=True)
class World:
    account_id: UUID
    person_id: UUID
    email: str
    app_id: UUID
    app_version_id: UUID
    client_id: str
    client_secret: str | None
    grant: Grant | None = None

    @property
    def actor(self) -> actor.Actor:
        return actor.person(self.person_id)

    def consent(self, scopes: Iterable[str], version: int = 0, **terms: Any) -> Consent:
        """What the owner says on the consent page: these scopes, the default terms with changes."""
        return Consent(
            account_id=self.account_id,
            app_id=self.app_id,
            app_version_id=self.app_version_id,
            person_id=self.person_id,
            granted=frozenset(scopes),
            refused=(REQUIRED | OPTIONAL) - frozenset(scopes),
            terms=replace(default_terms(clock.now()), **terms),
            catalogue_version=catalogue.VERSION,
            notice_hash="0" * 64,
            policy_hash=None,
            purposes={},
            authenticated_at=clock.now(),
            expected_version=version,
        )

    def context(self, grant: Grant, scopes: Iterable[str] | None = None) -> Context:
        """What an API request of the app under `grant` carries to the door."""
        return Context(
            channel="api",
            operation="GET /v1/calls",
            account_id=self.account_id,
            recipient_kind="app",
            recipient_id=self.app_id,
            scopes=frozenset(grant.scopes if scopes is None else scopes),
            terms=Terms.from_json(grant.terms),
            catalogue_version=grant.catalogue_version,
            timezone="Asia/Kolkata",
            app_id=self.app_id,
            grant_id=grant.id,
            grant_version=grant.version,
            grant_given_at=grant.given_at,
            request_id="req_test",
            address="203.0.113.9",
            agent="tests",
        )


def make(
    calls: int = 0,
    name: str = "Neem Traders",
    kind: str = "confidential",
    asked: tuple[Asked, ...] | None = None,
    publish: bool = True,
    **registered: Any,
) -> World:
    """An account with an owner, a published app (or a draft), and `calls` made-up calls of the last weeks.

    `registered` are further fields of the app's Registration.
    """
    with database.unit_of_work() as session:
        account = accounts.add_account(session, name, actor.SYSTEM)
        email = f"owner@{account.id.hex}.example"
        person = people.add_person(session, email, "Asha Rao", actor.SYSTEM)
        people.give_role(session, person.id, "owner", actor.SYSTEM, account_id=account.id)
        team = registry.add_team(session, f"Team {account.id.hex}")
        made = registry.register(session, team.id, replace(_registration(kind, asked), **registered), actor.SYSTEM)
        if publish:
            versions.publish(session, made.app.id, actor.SYSTEM)
    if calls:
        fill(account.id, calls)
    return World(account.id, person.id, email, made.app.id, made.version.id, made.app.client_id, made.secret)


def fill(account_id: UUID, count: int, seed: int = 7) -> list[CallIn]:
    """Give an account `count` made-up calls."""
    made = list(generator.generate(seed, "Asia/Kolkata", clock.now(), count))
    with database.unit_of_work() as session:
        ingest.ingest(session, account_id, made, emit=False)
    return made


def give(world: World, scopes: Iterable[str] = REQUIRED, **terms: Any) -> Grant:
    """The owner consents."""
    with database.unit_of_work() as session:
        return grants.give(session, world.consent(scopes, **terms))


def token(world: World, grant: Grant, scopes: Iterable[str] | None = None) -> str:
    """An access token of the app under `grant`, as the token endpoint stores it; by default for all that was granted."""
    basis = Basis(world.app_id, world.account_id, grant.id, grant.version, until=grant.expires_at)
    now = clock.now()
    said = tokens.answer(grant.scopes if scopes is None else scopes, basis, now)
    with database.unit_of_work() as session:
        tokens.save(session, said, basis, now)
    return str(said["access_token"])


def _registration(kind: str, asked: tuple[Asked, ...] | None) -> Registration:
    redirects = KINDS[kind].redirects
    scopes = sorted(REQUIRED | OPTIONAL) if KINDS[kind].asks_customers else []
    usual = tuple(Asked(scope, scope in REQUIRED, f"We need {scope}.") for scope in scopes)
    return Registration(
        name="Neem CRM",
        legal_developer="Neem Software Pvt Ltd",
        privacy_policy_url="https://crm.example/privacy",
        kind=kind,
        redirect_uris=(REDIRECT_URI,) if redirects else (),
        asked=usual if asked is None else asked,
        home_url="https://crm.example",
    )


LONG_AGO = timedelta(days=3650)
