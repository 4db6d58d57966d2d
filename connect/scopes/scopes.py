"""The scopes: what an app may ask for, how sensitive each is, and what its tier demands.

`resource[.part]:action`. No scope implies another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from connect.scopes.errors import ScopesError


class Tier(StrEnum):
    """How much harm a scope can do; the order of the names is the order of the tiers."""

    T0 = "T0"
    T1 = "T1"
    T2 = "T2"
    T3 = "T3"


class Kind(StrEnum):
    """On whose authority a scope stands."""

    CUSTOMER = "customer"  # given on the consent page
    OFFLINE = "offline"  # a refresh token; given on the consent page
    APP = "app"  # the app alone, by client_credentials; never a customer's row
    RIGHT = "right"  # of an access key, a person's or a machine's; never an app's


class Review(StrEnum):
    """What the vendor looks at before a scope may be asked of customers."""

    NONE = "none"
    LISTING = "listing"
    HUMAN = "human"
    SECURITY = "security"


@dataclass(frozen=True)
class TierRule:
    """What a tier demands of the developer (review, purpose) and of the customer (the rest)."""

    review: Review
    purpose_required: bool = False  # a written purpose for each scope
    owner_only: bool = False  # an owner approves, after a fresh sign-in
    lines_required: bool = False  # numbers are chosen one by one, never "all"
    most_days: int | None = None  # longest life of the grant; it can be renewed
    shown_apart: bool = False  # in its own part of the consent page


TIER_RULES: Mapping[Tier, TierRule] = {
    Tier.T0: TierRule(Review.NONE),
    Tier.T1: TierRule(Review.LISTING),
    Tier.T2: TierRule(Review.HUMAN, purpose_required=True),
    Tier.T3: TierRule(
        Review.SECURITY,
        purpose_required=True,
        owner_only=True,
        lines_required=True,
        most_days=90,
        shown_apart=True,
    ),
}


@dataclass(frozen=True)
class Scope:
    """One scope. `tier` and `rule` are None where `kind` is not CUSTOMER; `group` is the part of the consent page."""

    name: str
    kind: Kind
    group: str
    tier: Tier | None = None

    @property
    def rule(self) -> TierRule | None:
        return None if self.tier is None else TIER_RULES[self.tier]

    @property
    def resource(self) -> str:
        """`call_log` of `call_log.numbers:read`."""
        return self.name.partition(":")[0].partition(".")[0]

    @property
    def part(self) -> str:
        """`numbers` of `call_log.numbers:read`; empty where the scope has none."""
        return self.name.partition(":")[0].partition(".")[2]

    @property
    def action(self) -> str:
        """`read` of `call_log:read`; empty for `offline_access`."""
        return self.name.partition(":")[2]


OFFLINE_ACCESS = "offline_access"

_TIERS: Mapping[Tier, Mapping[str, str]] = {
    Tier.T0: {
        "account": "account:read numbers:read departments:read",
        "calls": "call_log.stats:read",
    },
    Tier.T1: {
        "calls": "call_log:read call_log:write",
        "people": "users:read",
        "recordings": "recordings:read voicemail:read",
        "billing": "billing.usage:read",
    },
    Tier.T2: {
        "calls": "call_log.numbers:read call_log.notes:read call_log.notes:write",
        "people": "contacts:read contacts.details:read contacts:write users.contact:read",
        "billing": "billing:read",
    },
    Tier.T3: {
        "calls": "call_log.bulk:read calls.live:read",
        "recordings": "recordings.audio:read voicemail.audio:read transcripts:read",
        "account": "notifications.content:read",
    },
}

GROUPS = ("account", "calls", "people", "recordings", "billing", "app", "key")


def _table() -> dict[str, Scope]:
    asked = [
        Scope(name, Kind.CUSTOMER, group, tier)
        for tier, groups in _TIERS.items()
        for group, names in groups.items()
        for name in names.split()
    ]
    alone = [
        Scope(OFFLINE_ACCESS, Kind.OFFLINE, "account"),
        Scope("app:read", Kind.APP, "app"),
        Scope("app:grants", Kind.APP, "app"),
        Scope("app:webhooks", Kind.APP, "app"),
        Scope("ledger:read", Kind.RIGHT, "key"),
        Scope("grants:read", Kind.RIGHT, "key"),
        Scope("ingest:write", Kind.RIGHT, "key"),
    ]
    return {scope.name: scope for scope in asked + alone}


SCOPES: Mapping[str, Scope] = _table()


def _of(*kinds: Kind) -> frozenset[str]:
    return frozenset(scope.name for scope in SCOPES.values() if scope.kind in kinds)


CUSTOMER_SCOPES = _of(Kind.CUSTOMER)
CONSENT_SCOPES = _of(Kind.CUSTOMER, Kind.OFFLINE)
APP_SCOPES = _of(Kind.APP)

_TOKEN = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")


def parse(text: str) -> frozenset[str]:
    """The scopes of a `scope` parameter (RFC 6749 3.3); known or not. The empty text has none.

    Raises ScopesError when a character or the spacing is not what the RFC allows.
    """
    names = text.split(" ") if text else []
    if not all(_TOKEN.fullmatch(name) for name in names):
        raise ScopesError("scope is a list of names with one space between them (RFC 6749 3.3)")
    return frozenset(names)


def join(scopes: Iterable[str]) -> str:
    """Scopes as one `scope` parameter, in alphabetical order."""
    return " ".join(sorted(set(scopes)))


def unknown(scopes: Iterable[str], among: frozenset[str] = CONSENT_SCOPES) -> tuple[str, ...]:
    """Those of `scopes` that are not `among` the known ones (by default those of a consent page), sorted."""
    return tuple(sorted(set(scopes) - among))


def in_order(scopes: Iterable[str]) -> tuple[Scope, ...]:
    """The scopes in the table's order: by tier, then by group. Raises KeyError for an unknown one."""
    positions = {name: at for at, name in enumerate(SCOPES)}
    return tuple(SCOPES[name] for name in sorted(set(scopes), key=positions.__getitem__))


def highest_tier(scopes: Iterable[str]) -> Tier | None:
    """The highest tier among `scopes`; None when no scope has one."""
    return max((tier for name in scopes if (tier := SCOPES[name].tier) is not None), default=None)
