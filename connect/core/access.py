"""Every route says who may use it: a decorator leaves a rule on the view, and a guard test finds views without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def rule(text: str) -> Callable[[View], View]:
    """Mark a view with its access rule, such as `public`, `signed in` or `token call_log:read`."""

    def mark(view: View) -> View:
        view.access_rule = text  # type: ignore[attr-defined]
        return view

    return mark


public = rule("public")
