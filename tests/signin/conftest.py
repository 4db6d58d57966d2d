"""People to sign in as, and a browser that fills in forms."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.support.hashes import cheap_hashes
from tests.support.visitor import Visitor

__all__ = ["cheap_hashes", "visit"]


@pytest.fixture
def visit(app: Flask) -> Callable[[], Visitor]:
    """Call it for a browser of its own."""
    return lambda: Visitor(app)
