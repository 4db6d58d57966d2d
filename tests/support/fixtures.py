"""Fixtures of tests that sign in: a browser of one's own (`visit`), and cheap password hashes. Import them into a conftest."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.support.hashes import cheap_hashes
from tests.support.visitor import Visitor


@pytest.fixture
def visit(app: Flask) -> Callable[[], Visitor]:
    """Call it for a browser of its own."""
    return lambda: Visitor(app)


__all__ = ["cheap_hashes", "visit"]
