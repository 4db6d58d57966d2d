"""Contexts with which each template is rendered in states that are hard to reach through the application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sample:
    """A template with a context. `area`: whose page it is; `signed_in`: whether its header shows a person.

    `context` is called inside the request, since forms need one.
    """

    area: str
    template: str
    context: Callable[[], dict[str, Any]] = field(default=dict)
    signed_in: bool = True


class Values(dict[str, Any]):
    """A value object for templates: `Values(name="x").name`."""

    __getattr__ = dict.__getitem__
