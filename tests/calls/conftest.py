"""Accounts to put calls into."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from uuid import UUID

import pytest

from connect.accounts.models import Account
from connect.core import clock, ids


@pytest.fixture
def new_account(database: ModuleType) -> Callable[[], UUID]:
    """Makes an account without calls; its id."""

    def make() -> UUID:
        account_id = ids.new()
        with database.unit_of_work() as session:
            session.add(Account(id=account_id, name="Acme", created_at=clock.now()))
        return account_id

    return make


@pytest.fixture
def account_id(new_account: Callable[[], UUID]) -> UUID:
    return new_account()
