"""Ids in paths."""

from __future__ import annotations

from uuid import UUID

from connect.core import ids
from connect.core.problems import field_errors


def record_id(name: str, prefix: str, text: str) -> UUID:
    """The id in a path. Raises a problem that names `name` and says what an id looks like."""
    try:
        return ids.decode(prefix, text)
    except ValueError as error:
        raise field_errors("invalid-parameter", {name: [str(error)]}) from error
