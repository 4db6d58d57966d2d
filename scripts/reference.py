"""Writes the pages of docs/ that are made from the code: `make docs`. A guard test fails while one of them is out of date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from connect.core import problems, settings

_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
ROOT = Path(__file__).resolve().parent.parent
NOTE = "<!-- Made by `make docs` from the code; change it there. -->\n"


def settings_page() -> str:
    """Every setting: variable, default, floor, meaning."""
    rows = [
        (
            f"`{settings.PREFIX}{item.name.upper()}`",
            _default(item),
            _shown(item.metadata["floor"]),
            item.metadata["doc"],
        )
        for item in settings.SETTINGS
    ]
    intro = (
        "Each setting is an environment variable, read once at the start. Durations are seconds, or have a unit: "
        "`90d`, `1h30m`, `250ms`. A value below its floor is "
        "refused at the start, in development too: the floors come from the privacy policy."
    )
    return _page("Settings", intro, ("variable", "default", "floor", "meaning"), rows)


def errors_page() -> str:
    """Every problem type: slug, status, title."""
    rows = [(f"<a id='{slug}'></a>`{slug}`", str(status), title) for slug, (status, title) in problems.TYPES.items()]
    intro = (
        "Every error of the API is a problem document (RFC 9457) of type `application/problem+json`. Its `type` ends with one of the "
        "names below, `detail` says what was wrong and what would be right, `instance` is the id of the request, which the "
        "`Request-Id` header carries too. Branch on `type`, never on the text. OAuth endpoints answer in the form of RFC 6749, 5.2."
    )
    return _page("Errors", intro, ("type", "status", "title"), rows)


PAGES: dict[str, Callable[[], str]] = {
    "docs/operator/settings.md": settings_page,
    "docs/developer/errors.md": errors_page,
}


def main() -> None:
    for path, make in PAGES.items():
        (ROOT / path).write_text(make())
        print(path)


def _default(item: Any) -> str:
    return "*secret*" if item.metadata["secret"] and item.default else _shown(item.default)


def _shown(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, timedelta):
        return _duration(value)
    return f"`{value}`"


def _duration(value: timedelta) -> str:
    """In the largest unit that divides it, a form that the variable takes too: `90d`, `15m`, `250ms`."""
    for unit, size in _UNITS.items():
        if value % size == timedelta(0) and value:
            return f"`{value // size}{unit}`"
    return "`0`"


def _page(title: str, intro: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [" | ".join(columns), " | ".join("---" for _ in columns), *(" | ".join(row) for row in rows)]
    table = "\n".join(f"| {line} |" for line in lines)
    return f"# {title}\n\n{NOTE}\n{intro}\n\n{table}\n"


if __name__ == "__main__":
    main()
