"""Fixtures of this folder."""

from tests.support.fixtures import cheap_hashes, visit

__all__ = ["cheap_hashes", "visit"]
