"""Markdown for the pages that are made from the code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

NOTE = "<!-- Made by `make docs` from the code; change it there. -->"
_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}


def page(title: str, *parts: str) -> str:
    """A whole page: its title, the note, its parts."""
    return "\n\n".join((f"# {title}", NOTE, *parts)) + "\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar inside a cell is escaped."""
    lines = [columns, ["---"] * len(columns), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: str) -> str:
    return f"`{text}`" if text else ""


def value(of: Any) -> str:
    """A setting's value; a duration in the largest unit that divides it, a form that the variable takes too."""
    if of is None or of == "":
        return ""
    return code(_duration(of) if isinstance(of, timedelta) else str(of))


def _duration(of: timedelta) -> str:
    for unit, size in _UNITS.items():
        if of and of % size == timedelta(0):
            return f"{of // size}{unit}"
    return "0"
