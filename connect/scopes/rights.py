"""Rights: what an app may do in a request, what a yes gives, and which scope a filter needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from connect.scopes.catalogue import scope_for
from connect.scopes.errors import NotGranted, NothingGranted, TermsError, UnknownNames
from connect.scopes.scopes import CUSTOMER_SCOPES, OFFLINE_ACCESS, SCOPES, Tier, TierRule, highest_tier
from connect.scopes.terms import ALL, Terms

# Filters of a resource's list, and the field that each looks at.
FILTERS: Mapping[str, Mapping[str, str]] = {
    "call": {
        "started_after": "started_at",
        "started_before": "started_at",
        "updated_since": "updated_at",
        "number_id": "number_id",
        "department_id": "department_id",
        "agent_id": "agent_id",
        "caller": "caller_e164",
        "status": "status",
        "direction": "direction",
    },
}


def effective(asked: Iterable[str], version_in_force: Iterable[str], granted: Iterable[str]) -> frozenset[str]:
    """The scopes of a request: asked in it, asked for by the app's version in force, and ticked by the customer.

    The grant's terms narrow the rows on top. The role of whoever gave the grant plays no part any more.
    """
    return frozenset(asked).intersection(version_in_force, granted)


def decided(required: frozenset[str], optional: frozenset[str], ticked: Iterable[str]) -> frozenset[str]:
    """What saying yes gives: everything required, and what was ticked of the optional ones.

    Raises UnknownNames when more is ticked than was asked, NothingGranted when no scope of the customer's is left (access_denied).
    """
    beyond = set(ticked) - required - optional
    if beyond:
        raise UnknownNames("scope", beyond, required | optional)
    given = required | (optional & set(ticked))
    if not given & CUSTOMER_SCOPES:
        raise NothingGranted("nothing is required and nothing was ticked")
    return given


def must_be_optional(scopes: frozenset[str]) -> frozenset[str]:
    """Those of an app's scopes that it may not require: lasting access beside a restricted scope is the customer's to add."""
    return scopes & {OFFLINE_ACCESS} if highest_tier(scopes) is Tier.T3 else frozenset()


def check_terms(scopes: Iterable[str], terms: Terms, now: datetime) -> None:
    """Raise TermsError when the tiers of `scopes` demand narrower terms: lines chosen one by one, an earlier end."""
    errors = {}
    rules = _rules(scopes)
    if terms.numbers == ALL and any(rule.lines_required for rule in rules):
        errors["numbers"] = "lines must be chosen, since a restricted scope is asked"
    longest = min((rule.most_days for rule in rules if rule.most_days is not None), default=None)
    if longest is not None and terms.expires_at > now + timedelta(days=longest):
        errors["expires_at"] = f"may be at most {longest} days from now, since a restricted scope is asked"
    if errors:
        raise TermsError(errors)


def scope_for_filter(resource: str, name: str) -> str:
    """The scope that a filter of `resource` needs: the one that shows its field unmasked. Raises UnknownNames."""
    known = FILTERS.get(resource, {})
    if name not in known:
        raise UnknownNames("filter", [name], known)
    return scope_for(resource, known[name])


def check_filters(resource: str, names: Iterable[str], scopes: frozenset[str]) -> None:
    """Raise NotGranted, naming the missing scopes, when `scopes` do not allow one of the filters."""
    needs = {name: scope for name in names if (scope := scope_for_filter(resource, name)) not in scopes}
    if needs:
        raise NotGranted(needs)


def _rules(scopes: Iterable[str]) -> list[TierRule]:
    return [rule for name in scopes if (rule := SCOPES[name].rule) is not None]
