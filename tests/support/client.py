"""The test client, addressing the platform by its own name and scheme."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from connect.core import settings


class PlatformClient(FlaskClient):
    """A path goes to the base URL of the active settings; a whole URL, or `base_url`, goes where it says."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if args and isinstance(args[0], str) and args[0].startswith("/"):
            kwargs.setdefault("base_url", settings.current().base_url)
        return super().open(*args, **kwargs)
