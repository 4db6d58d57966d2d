"""The scopes on a page of consent: a row for each that is asked, and a sentence for each that is not given."""

from __future__ import annotations

from dataclasses import dataclass

from connect.accounts.roles import givers
from connect.disclosure.asking import Asking, Permission
from connect.disclosure.proposal import Choice
from connect.scopes import catalogue
from connect.scopes.fields import DataClass
from connect.scopes.scopes import CUSTOMER_SCOPES, GROUPS, SCOPES, in_order
from connect.scopes.text import Words, words


@dataclass(frozen=True)
class ScopeRow:
    """A scope on the page; `id` is for HTML. `givers`: the roles that can allow it where this person's cannot; else empty."""

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
    givers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ScopeGroup:
    title: str
    rows: tuple[ScopeRow, ...]


def scope_groups(asking: Asking, choice: Choice, permission: Permission) -> tuple[ScopeGroup, ...]:
    """The scopes asked for, in the catalogue's groups and order, with the developer's purposes."""
    said = words(asking.language)
    rows = {
        group: [
            _row(scope.name, asking, choice, permission, said)
            for scope in in_order(asking.scopes)
            if scope.group == group
        ]
        for group in GROUPS
    }
    return tuple(ScopeGroup(said.groups[group], tuple(found)) for group, found in rows.items() if found)


def not_granted(asking: Asking, choice: Choice) -> tuple[str, ...]:
    """What the app will not get with this choice: what was left unticked first, then what it does not even ask."""
    said = words(asking.language).scopes
    left = [scope.name for scope in in_order(asking.scopes - asking.held(choice)) if scope.name in CUSTOMER_SCOPES]
    unasked = [scope.name for scope in in_order(CUSTOMER_SCOPES - asking.scopes) if not scope.name.endswith(":write")]
    return tuple(said[name].without for name in [*left, *unasked])


def _row(name: str, asking: Asking, choice: Choice, permission: Permission, said: Words) -> ScopeRow:
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
        already=name in asking.allowed_before,
        tier=scope.tier or "",
        tier_words=said.tiers[scope.tier].title if scope.tier is not None else "",
        personal_words=_personal(name, said),
        givers=givers({name}) if name in permission.beyond and not required else frozenset(),
    )


def _personal(name: str, said: Words) -> str:
    """Which personal data a scope shows, in plain words: the labels of its fields of class 2 and 3."""
    labels = [
        said.fields[resource.name][field.name]
        for resource in catalogue.RESOURCES.values()
        for field in resource.fields
        if field.scope == name and field.data_class >= DataClass.PERSONAL
    ]
    return ", ".join(dict.fromkeys(labels))
