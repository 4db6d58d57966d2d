"""Fixtures of the ledger's tests."""

from __future__ import annotations

from types import ModuleType
from uuid import UUID

import pytest

from connect.accounts.models import Account
from connect.core import clock, ids


@pytest.fixture
def account(database: ModuleType) -> UUID:
    """An account that stands."""
    made = ids.new()
    with database.unit_of_work() as session:
        session.add(Account(id=made, name="Asha Traders", created_at=clock.now()))
    return made
