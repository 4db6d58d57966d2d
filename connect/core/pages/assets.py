"""Addresses of static files that change with their content, so that a browser may keep them for a year."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import url_for

STATIC = Path(__file__).parent / "static"


def asset(path: str) -> str:
    """The address of `static/<path>` with the start of its SHA-256. FileNotFoundError when there is no such file."""
    return url_for("pages.static", filename=path, v=_version(path))


def icon_address(name: str) -> str:
    """The address of one icon in the sprite."""
    return f"{asset('vendor/icons.svg')}#{name}"


@cache
def _version(path: str) -> str:
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
