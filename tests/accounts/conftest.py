"""Fixtures of this folder."""

from tests.support.hashes import cheap_hashes

__all__ = ["cheap_hashes"]
