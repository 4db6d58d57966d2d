"""What stands between two versions of the catalogue: the one a customer consented under, and today's.

A field stands only if the customer could have meant it: it must be in both versions, of the same kind and no more personal now than it
was then, and it is shown under no weaker mask than either says. So a new field, or one that grew more personal, needs a new consent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from connect.scopes.resource import FieldRule

Masks = dict[str, str | None]


def shown(own_scope: str, fields: Iterable[FieldRule], scopes: frozenset[str]) -> Masks:
    """Mask by name of the fields that `scopes` show: none under the field's scope, else its mask under the resource's own scope.

    Nothing without the resource's own scope, since no scope implies another.
    """
    if own_scope not in scopes:
        return {}
    return {
        field.name: None if field.scope in scopes else field.mask
        for field in fields
        if field.scope in scopes or field.mask
    }


def still_shown(now: Masks, today: Iterable[FieldRule], said: Mapping[str, Any], scopes: frozenset[str]) -> Masks:
    """Those of `now` that also stood in the catalogue that `said` (its part on this resource), each under the stronger mask."""
    earlier = {rule.name: rule for rule in rules_in(said["fields"])}
    then = shown(said["scope"], earlier.values(), scopes)
    kept = [rule.name for rule in today if rule.name in now and rule.name in then and _covers(earlier[rule.name], rule)]
    return {name: now[name] or then[name] for name in kept if not _differ(now[name], then[name])}


def rules_in(fields: Mapping[str, Any]) -> tuple[FieldRule, ...]:
    """The rules that a catalogue document holds under `fields`."""
    return tuple(
        FieldRule(name, said["class"], said["scope"], said["mask"], said["kind"], parts=rules_in(said.get("parts", {})))
        for name, said in fields.items()
    )


def _covers(then: FieldRule, now: FieldRule) -> bool:
    """Whether consent to the field as it was then covers it as it is now."""
    parts = {part.name: part for part in then.parts}
    return (
        now.kind == then.kind
        and now.data_class <= then.data_class
        and all(part.name in parts and _covers(parts[part.name], part) for part in now.parts)
    )


def _differ(one: str | None, other: str | None) -> bool:
    """Whether both are masks, and not the same: then neither is the stronger one."""
    return bool(one and other and one != other)
