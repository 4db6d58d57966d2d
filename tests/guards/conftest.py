"""Password hashes that cost little: the guards make people, they do not test how hard a guess is."""

from __future__ import annotations

from tests.support.hashes import cheap_hashes

__all__ = ["cheap_hashes"]
