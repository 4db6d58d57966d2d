"""The scope picker: a row for each scope, `ask-<scope>` (empty, optional or required) and `purpose-<scope>`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from apps_registry import words as registry_words
from apps_registry.details import Asked
from apps_registry.errors import FieldError
from apps_registry.queries import ScopeLine
from connect.core.i18n import language
from connect.scopes import scopes
from connect.scopes.text import words


def read(form: Mapping[str, str]) -> tuple[Asked, ...]:
    """What the developer chose, in the order of the catalogue."""
    asked = [(name, form.get(f"ask-{name}", ""), form.get(f"purpose-{name}", "")) for name in scopes.CONSENT_SCOPES]
    chosen = {
        name: Asked(name, how == "required", purpose) for name, how, purpose in asked if how in {"optional", "required"}
    }
    return tuple(chosen[scope.name] for scope in scopes.in_order(chosen))


def of_version(lines: Iterable[ScopeLine]) -> tuple[Asked, ...]:
    """What a version asks for, as a choice to start from."""
    return tuple(Asked(line.name, line.required, line.purpose, line.purpose_hi) for line in lines)


def rows(asked: Iterable[Asked], errors: Iterable[FieldError] = ()) -> list[dict[str, Any]]:
    """Every scope a consent page can show, as it is chosen, with what is wrong with its purpose."""
    chosen = {item.name: item for item in asked}
    wrong = {
        error.field.removeprefix("purpose."): error.message for error in errors if error.field.startswith("purpose.")
    }
    said = words(language())
    return [
        {
            "scope": scope.name,
            "title": said.scopes[scope.name].title,
            "tier_words": said.tiers[registry_words.tier_key([scope.name])].title,
            "review_words": registry_words.review_words(scope.name),
            "asked": _how(chosen.get(scope.name)),
            "purpose": chosen[scope.name].purpose if scope.name in chosen else "",
            "error": wrong.get(scope.name, ""),
        }
        for scope in scopes.in_order(scopes.CONSENT_SCOPES)
    ]


def problems(errors: Iterable[FieldError]) -> list[dict[str, str]]:
    """The errors about scopes as links for the summary on top."""
    found = []
    for error in errors:
        if error.field.startswith("purpose."):
            found.append({"text": error.message, "href": f"#purpose-{error.field.removeprefix('purpose.')}"})
        elif error.field == "scopes":
            found.append({"text": error.message, "href": "#scopes-title"})
    return found


def _how(item: Asked | None) -> str:
    if item is None:
        return ""
    return "required" if item.required else "optional"
