"""Which phone lines and departments an account has."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from connect.calls.models import Department, VirtualNumber
from connect.core import database


def numbers(account_id: UUID, named: Collection[UUID]) -> frozenset[UUID]:
    """Those of the lines named that are the account's."""
    return _own(VirtualNumber, account_id, named)


def departments(account_id: UUID, named: Collection[UUID]) -> frozenset[UUID]:
    """Those of the departments named that are the account's."""
    return _own(Department, account_id, named)


def _own(model: type[VirtualNumber | Department], account_id: UUID, named: Collection[UUID]) -> frozenset[UUID]:
    own = select(model.id).where(model.account_id == account_id, model.id.in_(named))
    with database.read() as connection:
        return frozenset(connection.scalars(own))
