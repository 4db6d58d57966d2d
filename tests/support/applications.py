"""Applications for the tests, made once for equal settings, with templates compiled once for a whole run."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from connect.app import create_app
from connect.core.settings import Settings
from tests.support.client import PlatformClient


def make(settings: Settings) -> Flask:
    """A new application; its test client speaks to the platform's own address."""
    app = create_app(settings)
    app.test_client_class = PlatformClient
    compiled = Path(os.environ["CONNECT_TEST_RUN"]) / "templates"
    compiled.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    return app


@lru_cache(maxsize=16)
def shared(settings: Settings, additions: tuple[Callable[[Flask], None], ...] = ()) -> Flask:
    """The application of these settings, with what `additions` put on it."""
    app = make(settings)
    for add in additions:
        add(app)
    return app
