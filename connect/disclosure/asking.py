"""What an app asks of an account, and what the role of whoever answers lets them say: data, with the words left to the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from apps_registry.clients import VersionInForce
from apps_registry.queries import AppPage
from connect.accounts.roles import Right, beyond
from connect.disclosure import proposal
from connect.disclosure.proposal import Choice
from connect.disclosure.purposes import purposes
from connect.scopes import rights
from connect.scopes.notice import notice_hash
from connect.scopes.terms import Terms
from connect.scopes.text import words


@dataclass(frozen=True)
class Asking:
    """The scopes that are asked, each with the developer's purpose, and the widest terms that they may be granted on.

    `asked_at` and `timezone` are what terms are counted from; `allowed_before` is what the account's live grant holds already.
    """

    app: AppPage
    app_version_id: UUID
    reviewed: bool
    policy_hash: str | None
    required: frozenset[str]
    optional: frozenset[str]
    purposes: Mapping[str, str]
    terms: Terms
    asked_at: datetime
    timezone: str
    language: str
    allowed_before: frozenset[str] = frozenset()

    @property
    def scopes(self) -> frozenset[str]:
        return self.required | self.optional

    def first_choice(self, ticked: frozenset[str] = frozenset()) -> Choice:
        """What the page shows at first."""
        return proposal.first_choice(ticked, self.terms, self.asked_at, self.timezone)

    def held(self, choice: Choice) -> frozenset[str]:
        """The scopes that the app would have with `choice`; none, where nothing is required or ticked."""
        return self.required | (self.optional & choice.ticked)

    def given(self, choice: Choice) -> frozenset[str]:
        """What saying yes with `choice` gives. Raises NothingGranted, UnknownNames."""
        return rights.decided(self.required, self.optional, choice.ticked)

    def narrowed(self, choice: Choice) -> Terms:
        """The terms with `choice`. Raises TermsError where it is wider than what was asked."""
        return proposal.chosen(self.terms, choice, self.asked_at, self.timezone)

    def with_detail(self, detail: Mapping[str, Any], account_id: UUID) -> Asking:
        """The same on the terms of an object of authorization_details (RFC 9396), asked of an account. Raises NoSuchLines."""
        return replace(self, terms=proposal.asked(self.terms, detail, account_id))

    def notice(self) -> str:
        """SHA-256 of what the page says (ISO/IEC TS 27560: the notice)."""
        said = words(self.language)
        app_words = {"name": self.app.name, "developer": self.app.legal_developer, **self.purposes}
        return notice_hash(self.language, said.of_scopes(self.scopes), self.scopes, self.terms, app_words)


def ask(
    app: AppPage,
    version: VersionInForce,
    scopes: frozenset[str],
    *,
    asked_at: datetime,
    timezone: str,
    language: str,
    policy_hash: str | None = None,
    allowed_before: frozenset[str] = frozenset(),
) -> Asking:
    """`scopes`, as far as `version` asks for them, on the terms that it proposes."""
    required, optional = version.required & scopes, version.optional & scopes
    return Asking(
        app=app,
        app_version_id=version.id,
        reviewed=version.reviewed,
        policy_hash=policy_hash,
        required=required,
        optional=optional,
        purposes=dict(purposes(version.id)),
        terms=proposal.proposed(version.default_terms, required | optional, asked_at, timezone),
        asked_at=asked_at,
        timezone=timezone,
        language=language,
        allowed_before=allowed_before,
    )


@dataclass(frozen=True)
class Permission:
    """What a role lets a person answer (R13). `beyond`: scopes asked for that it does not reach; `missing`: those that bar a yes."""

    may_give: bool = True
    may_refuse: bool = True
    beyond: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()


EVERY_ANSWER = Permission()


def permission(asking: Asking, held: frozenset[Right]) -> Permission:
    """What a person with these rights in the account may answer. Where nothing is required, a yes needs something they may give."""
    barred = beyond(held, asking.scopes)
    missing = barred & asking.required
    if not asking.required and barred == asking.scopes:
        missing = barred
    return Permission(not missing, Right.ASK in held, barred, missing)
