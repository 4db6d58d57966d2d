"""What the consent page says: built once here, rendered by the customer's page and by the developer's look at it alike.

Everything a person agrees to is in `ConsentView`; what it said goes into the notice hash of the grant and its receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import gettext as _

from apps_registry.queries import AppPage
from connect.accounts.roles import either, givers
from connect.disclosure import proposal
from connect.disclosure.preview import Preview
from connect.disclosure.proposal import Choice
from connect.grants.queries import GrantView
from connect.scopes import catalogue, rights
from connect.scopes.notice import notice_hash
from connect.scopes.scopes import CUSTOMER_SCOPES, GROUPS, SCOPES, in_order
from connect.scopes.terms import Terms
from connect.scopes.text import Words, words


@dataclass(frozen=True)
class Asking:
    """One authorization request in front of one person: who asks what, who answers for which account.

    `beyond` are those of the scopes that this person's role may not give.
    """

    request_id: UUID
    asked_at: datetime
    app: AppPage
    app_version_id: UUID
    reviewed: bool
    required: frozenset[str]
    optional: frozenset[str]
    purposes: dict[str, str]
    terms: Terms
    policy_hash: str | None
    destination_host: str
    account_id: UUID
    account_name: str
    timezone: str
    person_id: UUID
    person_name: str
    person_email: str
    role: str
    language: str
    live: GrantView | None
    beyond: frozenset[str] = frozenset()

    @property
    def scopes(self) -> frozenset[str]:
        return self.required | self.optional

    @property
    def grant_version(self) -> int:
        return self.live.version if self.live else 0

    def allowed_before(self) -> frozenset[str]:
        return frozenset(self.live.scopes) if self.live else frozenset()

    def given(self, choice: Choice) -> frozenset[str]:
        """What saying yes with `choice` gives. Raises NothingGranted, UnknownNames."""
        return rights.decided(self.required, self.optional, choice.ticked)

    def notice(self) -> str:
        """SHA-256 of what the page says (ISO/IEC TS 27560: the notice)."""
        said = words(self.language)
        app_words = {"name": self.app.name, "developer": self.app.legal_developer, **self.purposes}
        return notice_hash(self.language, said.of_scopes(self.scopes), self.scopes, self.terms, app_words)


@dataclass(frozen=True)
class ScopeRow:
    """A scope on the page; `id` is for HTML. `barred_words`: why this person cannot tick the box, and who can; else empty."""

    id: str
    scope: str
    title: str
    sentence: str
    purpose: str
    required: bool
    ticked: bool
    already: bool
    tier: str
    tier_words: str
    personal_words: str
    barred_words: str = ""


@dataclass(frozen=True)
class ScopeGroup:
    title: str
    rows: tuple[ScopeRow, ...]


@dataclass(frozen=True)
class TermChoice:
    value: str
    words: str
    chosen: bool
    note: str = ""


@dataclass(frozen=True)
class ConsentView:
    """All that the template shows (customer/consent.html names each member)."""

    app: dict[str, Any]
    person: dict[str, str]
    account: dict[str, str]
    role: str
    may_give: bool
    may_refuse: bool
    may_not_words: str
    groups: tuple[ScopeGroup, ...]
    terms: dict[str, Any]
    preview: Preview
    not_granted: tuple[str, ...]
    changes: tuple[str, ...]
    destination_host: str
    withdraw_words: str
    form_token: str


def scope_groups(asking: Asking, choice: Choice) -> tuple[ScopeGroup, ...]:
    """The scopes asked for, in the catalogue's groups and order, with the developer's purposes."""
    said = words(asking.language)
    rows = {
        group: [_row(scope.name, asking, choice, said) for scope in in_order(asking.scopes) if scope.group == group]
        for group in GROUPS
    }
    return tuple(ScopeGroup(said.groups[group], tuple(found)) for group, found in rows.items() if found)


def app_facts(asking: Asking) -> dict[str, Any]:
    """Who asks."""
    app = asking.app
    return {
        "name": app.name,
        "developer": app.legal_developer,
        "reviewed": asking.reviewed,
        "home_url": app.home_url,
        "home_host": urlsplit(app.home_url).hostname or "",
        "privacy_policy_url": app.privacy_policy_url,
        "privacy_host": urlsplit(app.privacy_policy_url).hostname or "",
        "privacy_date": None,
    }


def term_words(asking: Asking, choice: Choice) -> dict[str, Any]:
    """The terms as questions and answers."""
    said, terms = words(asking.language).terms, asking.terms
    kept = terms.retention_days
    return {
        "expiry_choices": [
            TermChoice(
                offer.value,
                _days(said["expires_at"].choices, offer.value),
                offer.chosen,
                _day(asking, int(offer.value)),
            )
            for offer in proposal.expiry_offers(terms, choice, asking.asked_at)
        ],
        "history_choices": [
            TermChoice(
                offer.value,
                _days(said["history_from"].choices, offer.value),
                offer.chosen,
                _day(asking, -int(offer.value)),
            )
            for offer in proposal.history_offers(terms, choice, asking.asked_at, asking.timezone)
        ],
        "numbers_words": said["numbers"].choices["all"],
        "departments_words": said["departments"].choices["all"],
        "new_calls_words": said["include_new_calls"].choices["yes" if terms.include_new_calls else "no"],
        "retention_words": _days(said["retention_days"].choices, str(kept) if kept else "none"),
    }


def not_granted(asking: Asking, choice: Choice) -> tuple[str, ...]:
    """What the app will not get with this choice: what was left unticked first, then what it does not even ask."""
    said = words(asking.language).scopes
    held = asking.required | (asking.optional & choice.ticked)
    left = [scope.name for scope in in_order(asking.scopes - held) if scope.name in CUSTOMER_SCOPES]
    unasked = [scope.name for scope in in_order(CUSTOMER_SCOPES - asking.scopes) if not scope.name.endswith(":write")]
    return tuple(said[name].without for name in [*left, *unasked])


def _row(name: str, asking: Asking, choice: Choice, said: Words) -> ScopeRow:
    scope = SCOPES[name]
    required = name in asking.required
    return ScopeRow(
        id="scope-" + name.replace(":", "-").replace(".", "-").replace("_", "-"),
        scope=name,
        title=said.scopes[name].title,
        sentence=said.scopes[name].sentence,
        purpose=asking.purposes.get(name, ""),
        required=required,
        ticked=required or name in choice.ticked,
        already=name in asking.allowed_before(),
        tier=scope.tier or "",
        tier_words=said.tiers[scope.tier].title if scope.tier is not None else "",
        personal_words=_personal(name, said),
        barred_words=_barred(name, asking) if name in asking.beyond and not required else "",
    )


def _barred(name: str, asking: Asking) -> str:
    """Who can allow what this person cannot; where the app has it already, that it loses it with a yes."""
    roles = either(givers({name}))
    if name in asking.allowed_before():
        return _(
            "Your role cannot allow this; an %(roles)s can. If the app is allowed without it, it loses it.", roles=roles
        )
    return _("Your role cannot allow this; an %(roles)s can.", roles=roles)


def _personal(name: str, said: Words) -> str:
    """Which personal data a scope shows, in plain words: the labels of its fields of class 2 and 3."""
    labels = [
        said.fields[resource.name][field.name]
        for resource in catalogue.RESOURCES.values()
        for field in resource.fields
        if field.scope == name and field.data_class >= 2
    ]
    return ", ".join(dict.fromkeys(labels))


def _day(asking: Asking, days: int) -> str:
    """The day so many days after the request, in the account's zone: 23 Feb 2027."""
    day = asking.asked_at.astimezone(ZoneInfo(asking.timezone)).date() + timedelta(days=days)
    return format_date(day, "d MMM y", locale=asking.language)


def _days(choices: Any, value: str) -> str:
    return (
        str(choices[value])
        if value in choices
        else str(choices["other"]).format(days=value, count=value, date=f"{value} days")
    )
