"""Signing in costs little here."""

from tests.support.fixtures import cheap_hashes

__all__ = ["cheap_hashes"]
