"""The role table: what each role is for, where it is held, and what it may do. Pages, API and commands ask nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from babel.lists import format_list
from flask_babel import lazy_gettext as _

from connect.core.i18n import language
from connect.scopes.scopes import SCOPES, TIER_RULES, Tier


class Place(StrEnum):
    """Where a role is held."""

    ACCOUNT = "account"
    TEAM = "team"
    STAFF = "staff"


class Right(StrEnum):
    """What a person may do. A right of an account or a team holds there alone; one of the staff holds everywhere."""

    # in an account
    LOOK = "look"  # open the account's pages
    ASK = "grants:ask"  # ask an owner or admin to connect an app; say no to one that asks
    GIVE = "grants:give"  # consent, up to T2
    GIVE_RESTRICTED = "grants:give-restricted"  # consent to T3 too
    CHANGE_GRANTS = "grants:change"  # narrow, pause, resume, revoke any grant of the account, whoever gave it
    MANAGE_PEOPLE = "people:manage"
    READ_LEDGER = "ledger:read"  # the account's own
    # in a developer team
    MANAGE_APPS = "apps:manage"
    MANAGE_TEAM = "team:manage"
    # with the vendor's staff
    STAFF = "staff"  # open the staff's pages
    REVIEW_APPS = "apps:review"
    SUSPEND_APPS = "apps:suspend"
    READ_ALL_LEDGERS = "ledger:read-all"  # never call content
    OPERATE = "platform:operate"  # health, keys, retention
    APPROVE = "disclosures:approve"  # the second pair of eyes


@dataclass(frozen=True)
class Role:
    """`words` is how people read it; `dated`: it is given until a day."""

    name: str
    place: Place
    rights: frozenset[Right]
    words: Any  # a lazy text
    dated: bool = False


_VIEWER = {Right.LOOK}
_MEMBER = {*_VIEWER, Right.ASK}
_ADMIN = {*_MEMBER, Right.GIVE, Right.CHANGE_GRANTS, Right.MANAGE_PEOPLE}
_OWNER = {*_ADMIN, Right.GIVE_RESTRICTED}
_DEVELOPER = {Right.MANAGE_APPS}
_REVIEWER = {Right.STAFF, Right.REVIEW_APPS, Right.SUSPEND_APPS}
_OPERATOR = {Right.STAFF, Right.OPERATE, Right.SUSPEND_APPS, Right.APPROVE}

_ALL = (
    Role("owner", Place.ACCOUNT, frozenset(_OWNER), _("owner")),
    Role("admin", Place.ACCOUNT, frozenset(_ADMIN), _("admin")),
    Role("member", Place.ACCOUNT, frozenset(_MEMBER), _("member")),
    Role("viewer", Place.ACCOUNT, frozenset(_VIEWER), _("viewer")),
    Role("account_auditor", Place.ACCOUNT, frozenset({Right.READ_LEDGER}), _("account auditor")),
    Role("examiner", Place.ACCOUNT, frozenset({Right.READ_LEDGER}), _("examiner"), dated=True),
    Role("team_owner", Place.TEAM, frozenset({*_DEVELOPER, Right.MANAGE_TEAM}), _("team owner")),
    Role("developer", Place.TEAM, frozenset(_DEVELOPER), _("developer")),
    Role("reviewer", Place.STAFF, frozenset(_REVIEWER), _("reviewer")),
    Role("auditor", Place.STAFF, frozenset({Right.READ_ALL_LEDGERS}), _("auditor")),
    Role("operator", Place.STAFF, frozenset(_OPERATOR), _("operator")),
)

ROLES: Mapping[str, Role] = {role.name: role for role in _ALL}


def with_right(right: Right) -> frozenset[str]:
    """The names of the roles that carry `right`."""
    return frozenset(role.name for role in _ALL if right in role.rights)


def right_to_give(tier: Tier | None) -> Right:
    """What a person needs to give a scope of `tier`; lasting access has no tier and takes what any consent takes."""
    return Right.GIVE_RESTRICTED if tier is not None and TIER_RULES[tier].owner_only else Right.GIVE


def beyond(rights: frozenset[Right], scopes: Iterable[str]) -> frozenset[str]:
    """Those of `scopes` that a person with these rights may not give (R13)."""
    return frozenset(name for name in scopes if right_to_give(SCOPES[name].tier) not in rights)


def givers(scopes: Iterable[str]) -> frozenset[str]:
    """The names of the roles that may give all of `scopes`."""
    asked = frozenset(scopes)
    return frozenset(role.name for role in _ALL if role.place is Place.ACCOUNT and not beyond(role.rights, asked))


def either(names: Iterable[str]) -> str:
    """Roles in words, in the table's order: `owner or admin`."""
    chosen = frozenset(names)
    return str(format_list([str(role.words) for role in _ALL if role.name in chosen], "or", language()))


# Where each right holds: every role that carries it is held at the same kind of place.
PLACE_OF: Mapping[Right, Place] = {right: role.place for role in _ALL for right in role.rights}
