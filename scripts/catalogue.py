"""docs/developer/scopes.md, made from the catalogue by `make docs`."""

from __future__ import annotations

from collections.abc import Iterator

from connect.accounts.roles import right_to_give, with_right
from connect.scopes.catalogue import RESOURCES, VERSION
from connect.scopes.resource import FieldRule, Resource
from connect.scopes.rights import FILTERS, scope_for_filter
from connect.scopes.scopes import SCOPES, TIER_RULES, Kind, Review, Scope, Tier
from connect.scopes.text import words
from scripts.markdown import page, table

_INTRO = f"""\
Catalogue version: `{VERSION}`.

A scope is `resource[.part]:action`. No scope implies another: to read a resource at all an app needs the resource's own scope, and a
field may need a further one on top. What an app may do in a request is what it asked for, of what its version in force asks for, of
what the customer ticked, within the terms of the grant. Rows outside the terms do not exist for the app.

A field under a mask is listed in the record's `_masked`. A filter on a field needs the scope that shows it unmasked; without it the
answer is 403 and names the scope. A field that is newer than a customer's consent is not shown until the customer consents again.

Ids of calls are the same for every app of an account, so two apps that work together can join what they hold. `caller_ref` is
different for every app."""

_ALONE = """\
## Scopes that are not a customer's

Those of kind `app` come with a client_credentials token, which stands for the app alone and never reads a customer's row. Those of kind
`right` belong to an access key of a person or a machine; apps never have one."""

_FORMS = {
    "id": "prefix, `_` and 26 characters",
    "ids": "list of ids",
    "text": "text in UTF-8",
    "texts": "list of texts",
    "integer": "whole number",
    "boolean": "`true` or `false`",
    "time": "RFC 3339 in UTC, `2026-11-25T02:42:26.123456Z`; the fraction is left out where it is zero",
    "date": "`2026-11-25`",
    "money": '`{"amount": 120, "currency": "INR"}`, the amount in paise',
    "object": "object",
    "objects": "list of objects, whose members stand below the field",
}

_REVIEWS = {
    Review.NONE: "none",
    Review.LISTING: "at listing",
    Review.HUMAN: "by a person",
    Review.SECURITY: "security review",
}


def scopes_page() -> str:
    """Every scope, field, class and mask, from the catalogue."""
    tables = (_tiers(), _scopes(), _ALONE, _others(), _classes(), _masks(), _kinds())
    return page("Scopes and fields", _INTRO, *tables, *map(_resource, RESOURCES.values()))


def _tiers() -> str:
    rows = (_tier_row(tier) for tier in Tier)
    head = ("tier", "name", "review", "purpose per scope", "given by", "lines", "longest grant")
    return f"## Tiers\n\n{table(head, rows)}"


def _tier_row(tier: Tier) -> Iterator[str]:
    rule = TIER_RULES[tier]
    yield tier
    yield words().tiers[tier].title
    yield _REVIEWS[rule.review]
    yield "required" if rule.purpose_required else "welcome"
    yield " or ".join(sorted(with_right(right_to_give(tier)))) + (", freshly signed in" if rule.owner_only else "")
    yield "must be chosen" if rule.lines_required else "all or chosen"
    yield f"{rule.most_days} days" if rule.most_days else "as the customer chooses"


def _scopes() -> str:
    asked = (scope for scope in SCOPES.values() if scope.kind in {Kind.CUSTOMER, Kind.OFFLINE})
    rows = (
        (f"`{scope.name}`", scope.tier or "", _shows(scope), words().scopes[scope.name].sentence) for scope in asked
    )
    return f"## Scopes\n\n{table(('scope', 'tier', 'shows fields of', 'what the customer reads'), rows)}"


def _shows(scope: Scope) -> str:
    shown = (name for name, each in RESOURCES.items() if any(field.scope == scope.name for field in each.fields))
    return ", ".join(f"[{name}](#{name})" for name in shown)


def _others() -> str:
    others = (scope for scope in SCOPES.values() if scope.kind in {Kind.APP, Kind.RIGHT})
    rows = ((f"`{scope.name}`", scope.kind, words().scopes[scope.name].sentence) for scope in others)
    return table(("scope", "kind", "meaning"), rows)


def _classes() -> str:
    rows = ((str(number), phrase.title, phrase.sentence) for number, phrase in words().classes.items())
    return f"## Classes\n\nHow personal a field is.\n\n{table(('class', 'name', 'meaning'), rows)}"


def _masks() -> str:
    rows = ((name, phrase.sentence) for name, phrase in words().masks.items())
    return f"## Masks\n\n{table(('mask', 'what is left'), rows)}"


def _kinds() -> str:
    return f"## Kinds\n\nHow a value is written in JSON.\n\n{table(('kind', 'form'), _FORMS.items())}"


def _resource(resource: Resource) -> str:
    begins = f" Ids begin with `{resource.id_prefix}_`." if resource.id_prefix else ""
    head = f"## {resource.name}\n\nNeeds `{resource.scope}`.{begins}\n\n"
    fields = table(("field", "kind", "class", "scope", "mask", "meaning"), _field_rows(resource))
    return head + fields + _filters(resource.name)


def _field_rows(resource: Resource) -> Iterator[tuple[str, ...]]:
    for field in resource.fields:
        yield _field_row(field.name, field)
        for part in field.parts:
            yield _field_row(f"{field.name}[].{part.name}", part)


def _field_row(name: str, field: FieldRule) -> tuple[str, ...]:
    choices = f" ({', '.join(f'`{each}`' for each in field.choices)})" if field.choices else ""
    meaning = field.description + choices
    return f"`{name}`", field.kind, str(field.data_class), f"`{field.scope}`", field.mask or "", meaning


def _filters(resource: str) -> str:
    names = FILTERS.get(resource)
    if not names:
        return ""
    rows = ((f"`{name}`", f"`{field}`", f"`{scope_for_filter(resource, name)}`") for name, field in names.items())
    return f"\n\nFilters of its list:\n\n{table(('filter', 'looks at', 'needs'), rows)}"
